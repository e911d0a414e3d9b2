package io.taskfleet.worker.outbound;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} header: seconds or a date (RFC 9110 §10.2.3). */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final Pattern MORE_SECONDS = Pattern.compile("\\d{10,}");

  private RetryAfter() {}

  /** The wait that the header asks for, an hour at most; null when it makes no sense. */
  static @Nullable Duration parse(@Nullable String value, Instant now) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    if (MORE_SECONDS.matcher(text).matches()) {
      return LONGEST;
    }
    if (SECONDS.matcher(text).matches()) {
      return capped(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
      return capped(Duration.between(now, date));
    } catch (DateTimeException neither) {
      return null;
    }
  }

  private static Duration capped(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
