package io.taskfleet.gateway.status;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.DurationText;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a caller wants to wait for the end of a task, as its request says. */
public final class WaitTime {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");
  private static final Pattern PREFERENCE =
      Pattern.compile("(?:^|.*[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?:[,;].*)?");

  private WaitTime() {}

  /**
   * The time, zero for not at all.
   *
   * @param parameter {@code 20}, {@code 20s} or {@code PT20S}; goes before the header
   * @param prefer the Prefer header (RFC 7240 §4.3), of which other preferences are ignored
   */
  public static Duration of(@Nullable String parameter, @Nullable String prefer) {
    Duration asked = parameter == null ? preferred(prefer) : parsed(parameter);
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }

  private static Duration preferred(@Nullable String prefer) {
    Matcher preference = PREFERENCE.matcher(prefer == null ? "" : prefer);
    return preference.matches()
        ? Duration.ofSeconds(Long.parseLong(preference.group(1)))
        : Duration.ZERO;
  }

  private static Duration parsed(String parameter) {
    if (SECONDS.matcher(parameter).matches()) {
      return Duration.ofSeconds(Long.parseLong(parameter));
    }
    return DurationText.parse(parameter)
        .filter(duration -> !duration.isNegative())
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.MALFORMED, "wait is a number of seconds, 20s, or PT20S"));
  }
}
