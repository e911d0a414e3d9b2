package io.taskfleet.worker.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.taskfleet.wire.RedisKeys;
import java.time.Duration;
import java.util.List;

/**
 * The arguments of a {@code CLIENT REPLY OFF} that is followed by a {@code SETEX} for each state
 * and a {@code CLIENT REPLY ON}. To the client that is one command with one answer, the last one's:
 * objects, wake-ups and answers for each state cost more than the states themselves.
 */
final class UnansweredSets extends CommandArgs<String, byte[]> {
  private static final byte[] OFF = ascii("$5\r\nREPLY\r\n$3\r\nOFF\r\n");
  private static final byte[] ON = ascii("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n");
  private static final byte[] SETEX = ascii("*4\r\n$5\r\nSETEX\r\n");
  private static final byte[] DEL = ascii("*2\r\n$3\r\nDEL\r\n");
  private static final byte[] CRLF = ascii("\r\n");

  /** Above what surrounds one state. */
  private static final int FRAME = 128;

  private final List<StatusCache.Cached> states;
  private final byte[] timeToLive;

  UnansweredSets(
      RedisCodec<String, byte[]> codec, List<StatusCache.Cached> states, Duration timeToLive) {
    super(codec);
    this.states = states;
    this.timeToLive = ascii(Long.toString(timeToLive.toSeconds()));
  }

  /** Those of the first command alone. */
  @Override
  public int count() {
    return 2;
  }

  @Override
  public void encode(ByteBuf out) {
    out.ensureWritable((1 + states.size()) * FRAME + StatusCache.bytes(states));
    out.writeBytes(OFF);
    for (StatusCache.Cached state : states) {
      byte[] key = ascii(RedisKeys.task(state.id()));
      if (state.isTooLarge()) {
        out.writeBytes(DEL);
        bulk(out, key);
      } else {
        out.writeBytes(SETEX);
        bulk(out, key);
        bulk(out, timeToLive);
        bulk(out, state.json());
      }
    }
    out.writeBytes(ON);
  }

  private static void bulk(ByteBuf out, byte[] bytes) {
    out.writeByte('$');
    number(out, bytes.length);
    out.writeBytes(CRLF);
    out.writeBytes(bytes);
    out.writeBytes(CRLF);
  }

  private static void number(ByteBuf out, int number) {
    if (number >= 10) {
      number(out, number / 10);
    }
    out.writeByte('0' + number % 10);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
