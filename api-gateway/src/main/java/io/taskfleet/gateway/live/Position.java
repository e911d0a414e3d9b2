package io.taskfleet.gateway.live;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where on the topic of lifecycle events a stream has come to, as text that any gateway takes back
 * from the same tenant. The checksum tells garbage; it is no secret, and whoever computes it has
 * made up a place of their own.
 *
 * @param topic which topic it is, should one of the same name be made anew
 */
record Position(long topic, Offsets offsets) {
  private static final byte VERSION = 1;
  private static final int HEAD = 1 + Long.BYTES;
  private static final int SUM = Integer.BYTES;
  private static final int MOST = 1 << 13;

  String text(String tenant) {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + offsets.size() * Long.BYTES + SUM);
    bytes.put(VERSION).putLong(topic);
    for (int partition = 0; partition < offsets.size(); partition++) {
      bytes.putLong(offsets.next(partition));
    }
    bytes.putInt(sum(tenant, bytes.array()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** The position in this text, if it is one of this tenant's. */
  static Optional<Position> parse(String text, String tenant) {
    if (text.length() > MOST) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      int places = bytes.length - HEAD - SUM;
      if (places < 0 || places % Long.BYTES != 0 || bytes[0] != VERSION) {
        return Optional.empty();
      }
      ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
      long topic = in.getLong();
      long[] next = new long[places / Long.BYTES];
      for (int partition = 0; partition < next.length; partition++) {
        next[partition] = in.getLong();
      }
      return in.getInt() == sum(tenant, bytes)
          ? Optional.of(new Position(topic, new Offsets(next)))
          : Optional.empty();
    } catch (IllegalArgumentException garbage) {
      return Optional.empty();
    }
  }

  private static int sum(String tenant, byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(tenant.getBytes(StandardCharsets.UTF_8));
    sum.update(bytes, 0, bytes.length - SUM);
    return (int) sum.getValue();
  }
}
