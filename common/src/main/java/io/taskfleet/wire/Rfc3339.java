package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Times as RFC 3339 writes them. Every record carries some, and the general parser costs more than
 * the rest of its headers together, so the form that we write ourselves is read and written here.
 */
final class Rfc3339 {
  /** What Postgres can be told, and has four digits of a year. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** {@code 2026-11-21T15:04:05}. */
  private static final int TO_SECOND = 19;

  private static final int NANO_DIGITS = 9;

  /** Seconds written lately, each at its last bits: nearly all times are of a few of them. */
  private static final @Nullable Second[] WRITTEN = new Second[64];

  /** A second and its text with the Z. */
  @SuppressWarnings("ArrayRecordComponent") // written once, then only copied
  private record Second(long number, byte[] text) {}

  private Rfc3339() {}

  /**
   * The time that this text names.
   *
   * @throws DateTimeException if it is no time with an offset, or not of the years 1 to 9999
   */
  static Instant parse(String text) {
    Instant time = read(text);
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw new DateTimeException("not of the years 1 to 9999");
    }
    return time;
  }

  private static Instant read(String text) {
    int last = text.length() - 1;
    if (last < TO_SECOND || last > TO_SECOND + 1 + NANO_DIGITS || text.charAt(last) != 'Z') {
      return OffsetDateTime.parse(text).toInstant();
    }
    if (text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || (last > TO_SECOND && text.charAt(TO_SECOND) != '.')
        || last == TO_SECOND + 1) {
      return OffsetDateTime.parse(text).toInstant();
    }
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      throw new DateTimeException("not a time of day");
    }
    long day =
        LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
    return Instant.ofEpochSecond(
        ((day * 24 + hour) * 60 + minute) * 60 + second, nanos(text, last));
  }

  /** The time as {@link Instant#toString} writes it. */
  static byte[] format(Instant time) {
    byte[] second = second(time.getEpochSecond());
    int nanos = time.getNano();
    if (nanos == 0) {
      return second.clone();
    }
    int digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : NANO_DIGITS;
    int at = second.length - 1;
    byte[] text = Arrays.copyOf(second, at + 1 + digits + 1);
    text[at++] = '.';
    int unit = 100_000_000;
    for (int i = 0; i < digits; i++) {
      text[at++] = (byte) ('0' + nanos / unit % 10);
      unit /= 10;
    }
    text[at] = 'Z';
    return text;
  }

  private static byte[] second(long number) {
    int place = (int) number & (WRITTEN.length - 1);
    Second known = WRITTEN[place];
    if (known == null || known.number != number) {
      known = new Second(number, Instant.ofEpochSecond(number).toString().getBytes(UTF_8));
      WRITTEN[place] = known;
    }
    return known.text;
  }

  private static int nanos(String text, int end) {
    if (end == TO_SECOND) {
      return 0;
    }
    int nanos = number(text, TO_SECOND + 1, end);
    for (int digits = end - TO_SECOND - 1; digits < NANO_DIGITS; digits++) {
      nanos *= 10;
    }
    return nanos;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new DateTimeException("not a digit");
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
