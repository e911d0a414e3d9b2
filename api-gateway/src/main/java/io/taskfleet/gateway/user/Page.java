package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a list, newest first, that a request asks for. A token is the place where the page
 * before ended, and names the list, so that it is good for no other one.
 *
 * @param list names the list, its tenant and its filter
 * @param at the page begins behind what has this time
 * @param before and this id
 */
record Page(String list, int size, Instant at, UUID before) {
  private static final int USUAL_SIZE = 50;
  private static final int LARGEST_SIZE = 200;
  private static final Pattern SIZE = Pattern.compile("\\d{1,3}");
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");
  private static final UUID LAST_ID = new UUID(-1, -1);
  private static final int NAME_BYTES = 8;
  private static final int TOKEN_BYTES = NAME_BYTES + 3 * Long.BYTES;
  private static final long MICROS_PER_SECOND = 1_000_000;

  /**
   * What the request asks for.
   *
   * @throws ProblemException if the size or the token is not good
   */
  static Page of(String list, @Nullable String size, @Nullable String token) {
    int number =
        size == null ? USUAL_SIZE : SIZE.matcher(size).matches() ? Integer.parseInt(size) : 0;
    if (number < 1 || number > LARGEST_SIZE) {
      throw ProblemException.of(ProblemType.MALFORMED, "page_size is 1 to " + LARGEST_SIZE);
    }
    return token == null ? first(list, number) : parsed(list, number, token);
  }

  /** The first of a list. */
  static Page first(String list, int size) {
    return new Page(list, size, END_OF_TIME, LAST_ID);
  }

  private static Page parsed(String list, int size, String token) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException malformed) {
      throw notOfThisList();
    }
    if (bytes.length != TOKEN_BYTES
        || !Arrays.equals(bytes, 0, NAME_BYTES, nameOf(list), 0, NAME_BYTES)) {
      throw notOfThisList();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).position(NAME_BYTES);
    Instant at = Instant.EPOCH.plus(in.getLong(), ChronoUnit.MICROS);
    if (at.isAfter(END_OF_TIME) || at.isBefore(Instant.EPOCH)) {
      throw notOfThisList();
    }
    return new Page(list, size, at, new UUID(in.getLong(), in.getLong()));
  }

  private static ProblemException notOfThisList() {
    return ProblemException.of(ProblemType.MALFORMED, "page_token is not one of this list");
  }

  /** How many rows to read: one more than is shown, which tells whether there is another page. */
  int rows() {
    return size + 1;
  }

  /** Those of the rows that belong to the page. */
  <R> List<R> shown(List<R> rows) {
    return rows.size() > size ? rows.subList(0, size) : rows;
  }

  /** The token of the next page, if there is one. */
  <R> @Nullable String next(List<R> rows, Function<R, Instant> time, Function<R, UUID> id) {
    if (rows.size() <= size) {
      return null;
    }
    R last = rows.get(size - 1);
    Instant at = time.apply(last);
    UUID lastId = id.apply(last);
    byte[] token =
        ByteBuffer.allocate(TOKEN_BYTES)
            .put(nameOf(list))
            .putLong(at.getEpochSecond() * MICROS_PER_SECOND + at.getNano() / 1_000)
            .putLong(lastId.getMostSignificantBits())
            .putLong(lastId.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  private static byte[] nameOf(String list) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(list.getBytes(UTF_8));
      return Arrays.copyOf(hash, NAME_BYTES);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
