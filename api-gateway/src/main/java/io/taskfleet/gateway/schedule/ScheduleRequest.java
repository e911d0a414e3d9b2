package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.submit.JsonSpan;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import io.taskfleet.task.DurationText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/schedules}.
 *
 * @param zone of the cron expression; UTC if there is none
 * @param at RFC 3339
 * @param task where the task stands in the body
 */
record ScheduleRequest(
    @Nullable String name,
    @Nullable String cron,
    @Nullable String zone,
    @Nullable String every,
    @Nullable Instant at,
    @Nullable JsonSpan task,
    @Nullable CatchUp catchUp,
    @Nullable Boolean enabled) {
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,128}");
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  /** Beyond this no time is taken. */
  static final Duration FARTHEST = Duration.ofDays(3_660);

  static final String TOO_FAR = "must lie within " + FARTHEST.toDays() + " days";

  /** Whether a schedule may have this name. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  String checkedName() {
    if (name == null || !isName(name)) {
      throw ProblemException.refused(
          "/name", "must be 1 to 128 letters, digits, dots, hyphens and underscores");
    }
    return name;
  }

  JsonSpan givenTask() {
    if (task == null) {
      throw ProblemException.refused("/task", "must not be null");
    }
    return task;
  }

  CatchUp catchUpOrOnce() {
    return catchUp == null ? CatchUp.ONCE : catchUp;
  }

  boolean isEnabled() {
    return enabled == null || enabled;
  }

  /** When it fires, if it was made at this time. */
  Timing timing(Instant createdAt, Instant now) {
    if (Stream.of(cron, every, at).filter(Objects::nonNull).count() != 1) {
      throw ProblemException.refused("", "give exactly one of cron, every and at");
    }
    if (cron != null) {
      return parse(cron);
    }
    if (zone != null) {
      throw ProblemException.refused("/zone", "belongs to cron");
    }
    return every == null ? once(Objects.requireNonNull(at), now) : every(every, createdAt);
  }

  private Cron parse(String expression) {
    ZoneId where = zone == null ? ZoneId.of("UTC") : zone(zone);
    try {
      return Cron.parse(expression, where);
    } catch (IllegalArgumentException e) {
      throw ProblemException.refused("/cron", String.valueOf(e.getMessage()));
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException unknown) {
      throw ProblemException.refused(
          "/zone", "must be a region such as Europe/Berlin, or an offset such as +02:00");
    }
  }

  private static Timing every(String text, Instant createdAt) {
    Duration period =
        DurationText.parse(text)
            .filter(given -> given.compareTo(SHORTEST) >= 0 && given.compareTo(LONGEST) <= 0)
            .filter(given -> given.toNanosPart() % 1_000_000 == 0)
            .orElseThrow(
                () ->
                    ProblemException.refused(
                        "/every",
                        "must be a duration such as 15m or PT15M, in whole milliseconds, from 1s"
                            + " to 366d"));
    return new Timing.Every(createdAt, period);
  }

  private static Timing once(Instant time, Instant now) {
    if (time.isAfter(now.plus(FARTHEST))) {
      throw ProblemException.refused("/at", TOO_FAR);
    }
    return new Timing.At(time.truncatedTo(ChronoUnit.MICROS));
  }
}
