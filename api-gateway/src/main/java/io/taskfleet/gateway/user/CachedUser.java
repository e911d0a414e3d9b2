package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.taskfleet.wire.StrictJson;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A user as it is answered.
 *
 * @param json a {@link UserView}; whoever holds it must not change the array
 * @param readAt when it was read from Postgres
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
record CachedUser(byte[] json, Instant readAt) {

  static CachedUser of(UserRow row, Instant readAt) {
    return new CachedUser(StrictJson.mapper().writeValueAsBytes(UserView.of(row)), readAt);
  }

  /** Whole seconds since it was read; another process's clock may be ahead. */
  long age(Instant now) {
    return Math.max(0, Duration.between(readAt, now).toSeconds());
  }

  /** The value in Redis: the generation, the time, and the JSON behind a line break. */
  byte[] toRedis(String generation) {
    byte[] head = (generation + ' ' + readAt.toEpochMilli() + '\n').getBytes(US_ASCII);
    return ByteBuffer.allocate(head.length + json.length).put(head).put(json).array();
  }

  /** What {@link #toRedis} wrote in this generation; a mark and another generation are nothing. */
  static Optional<CachedUser> fromRedis(byte[] value, String generation) {
    int space = generation.length();
    int end = space;
    while (end < value.length && value[end] != '\n') {
      end++;
    }
    if (end >= value.length
        || !new String(value, 0, space + 1, US_ASCII).equals(generation + ' ')) {
      return Optional.empty();
    }
    try {
      long millis = Long.parseLong(new String(value, space + 1, end - space - 1, US_ASCII));
      byte[] json = Arrays.copyOfRange(value, end + 1, value.length);
      return Optional.of(new CachedUser(json, Instant.ofEpochMilli(millis)));
    } catch (NumberFormatException notOurs) {
      return Optional.empty();
    }
  }
}
