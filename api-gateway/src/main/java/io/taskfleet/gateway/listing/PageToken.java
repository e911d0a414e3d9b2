package io.taskfleet.gateway.listing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ends, as text that only the same listing of the same tenant takes back. The digest
 * is a seal and no secret: whoever computes it all the same has made up a place among their own
 * tasks, since the tenant of a statement is never read from a token.
 */
final class PageToken {
  private static final byte VERSION = 1;
  private static final int PLACE = 1 + Long.BYTES + 2 * Long.BYTES;
  private static final int SEAL = 16;

  private PageToken() {}

  static String of(String tenant, TaskFilter filter, Position place) {
    byte[] bytes =
        ByteBuffer.allocate(PLACE)
            .put(VERSION)
            .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, place.createdAt()))
            .putLong(place.id().getMostSignificantBits())
            .putLong(place.id().getLeastSignificantBits())
            .array();
    byte[] sealed = Arrays.copyOf(bytes, PLACE + SEAL);
    System.arraycopy(seal(tenant, filter, bytes), 0, sealed, PLACE, SEAL);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** The place in this token, if it is of this listing. */
  static Optional<Position> read(String token, String tenant, TaskFilter filter) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      if (bytes.length != PLACE + SEAL) {
        return Optional.empty();
      }
      byte[] place = Arrays.copyOf(bytes, PLACE);
      byte[] seal = Arrays.copyOfRange(bytes, PLACE, PLACE + SEAL);
      if (!MessageDigest.isEqual(seal, seal(tenant, filter, place)) || place[0] != VERSION) {
        return Optional.empty();
      }
      ByteBuffer in = ByteBuffer.wrap(place, 1, PLACE - 1);
      Instant createdAt = Instant.EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
      return Optional.of(new Position(createdAt, new UUID(in.getLong(), in.getLong())));
    } catch (IllegalArgumentException garbage) {
      return Optional.empty();
    }
  }

  // The lengths keep one part from running into the next.
  private static byte[] seal(String tenant, TaskFilter filter, byte[] place) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          new String[] {
            "page",
            tenant,
            text(filter.state()),
            text(filter.type()),
            text(filter.tag()),
            text(filter.key()),
            text(filter.from()),
            text(filter.to())
          }) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(utf8.length).array());
        digest.update(utf8);
      }
      return Arrays.copyOf(digest.digest(place), SEAL);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  // No filter is empty.
  private static String text(@Nullable Object filter) {
    return filter == null ? "" : filter.toString();
  }
}
