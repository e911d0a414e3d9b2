package io.taskfleet.gateway.status;

import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.DurationText;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a caller wants to wait for the end of a task, as its request says. */
public final class WaitTime {
  /** The parameter. */
  public static final String PARAMETER = "wait";

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,9}");
  private static final Pattern PREFERENCE =
      Pattern.compile("(?:^|.*[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?:[,;].*)?");

  private WaitTime() {}

  /**
   * The time, zero for not at all.
   *
   * @param query in which {@code 20}, {@code 20s} or {@code PT20S} goes before the header
   * @param prefer the Prefer header (RFC 7240 §4.3), of which other preferences are ignored
   */
  public static Duration of(QueryParameters query, @Nullable String prefer) {
    Duration asked =
        query
            .read(PARAMETER, WaitTime::parsed, "must be a number of seconds, 20s, or PT20S")
            .orElseGet(() -> preferred(prefer));
    if (asked.isNegative()) {
      throw QueryParameters.refused(PARAMETER, "must not be negative");
    }
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }

  private static Duration preferred(@Nullable String prefer) {
    Matcher preference = PREFERENCE.matcher(prefer == null ? "" : prefer);
    return preference.matches()
        ? Duration.ofSeconds(Long.parseLong(preference.group(1)))
        : Duration.ZERO;
  }

  private static Optional<Duration> parsed(String parameter) {
    return SECONDS.matcher(parameter).matches()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(parameter)))
        : DurationText.parse(parameter);
  }
}
