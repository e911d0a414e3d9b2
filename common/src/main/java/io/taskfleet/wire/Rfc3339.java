package io.taskfleet.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/**
 * Times as RFC 3339 writes them. Every record carries one, and the general parser costs more than
 * the rest of its headers together, so the form that we write ourselves is read here.
 */
final class Rfc3339 {
  /** {@code 2026-11-21T15:04:05}. */
  private static final int TO_SECOND = 19;

  private static final int NANO_DIGITS = 9;

  private Rfc3339() {}

  /**
   * The time that this text names.
   *
   * @throws DateTimeException if it is no time with an offset
   */
  static Instant parse(String text) {
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
