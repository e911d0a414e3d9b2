package io.taskfleet.gateway.submit;

import io.taskfleet.destination.Destinations;
import io.taskfleet.gateway.type.SubmittedType;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.DurationText;
import io.taskfleet.task.Priority;
import io.taskfleet.task.PublicDestination;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.Violation;
import io.taskfleet.task.WebhookUrl;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/tasks}.
 *
 * @param payload where the payload stands in the body
 * @param runAt RFC 3339
 * @param delay instead of runAt
 * @param expiresAt RFC 3339
 * @param callbackUrl told when the task has ended
 */
record TaskRequest(
    @Nullable String type,
    @Nullable JsonSpan payload,
    @Nullable String key,
    @Nullable Priority priority,
    @Nullable String runAt,
    @Nullable String delay,
    @Nullable String expiresAt,
    @Nullable Integer maxAttempts,
    @Nullable String timeout,
    @Nullable List<String> tags,
    @Nullable String callbackUrl) {
  private static final int LONGEST_KEY = 255;
  private static final int MOST_ATTEMPTS = 100;
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
  private static final Duration LONGEST_DELAY = Duration.ofDays(366);

  // What the workers refuse must not get as far as that: times of five digits in the year, and
  // attempts of no time.
  private static final int LAST_YEAR = 9999;
  private static final Duration SHORTEST = Duration.ofMillis(1);

  SubmittedType knownType(TypeCatalog types) {
    if (type == null) {
      throw ProblemException.refused("/type", "must not be null");
    }
    return types
        .named(type)
        .orElseThrow(
            () ->
                ProblemException.refused(
                    List.of(
                        new Violation(
                            "/type", ReasonCode.UNKNOWN_TYPE, "there is no such task type"))));
  }

  JsonSpan givenPayload() {
    if (payload == null) {
      throw ProblemException.refused("/payload", "must not be null");
    }
    return payload;
  }

  Priority priorityOrNormal() {
    return priority == null ? Priority.NORMAL : priority;
  }

  /** The ordering key that the caller gave, if it did. */
  @Nullable String checkedKey() {
    if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY)) {
      throw ProblemException.refused("/key", "must have 1 to " + LONGEST_KEY + " characters");
    }
    return key;
  }

  Task.Options options(Instant now, Destinations destinations) {
    Instant start = startsAt(now);
    Instant end = expiresAt == null ? null : instant("/expires_at", expiresAt);
    if (end != null && !end.isAfter(start == null ? now : start)) {
      throw ProblemException.refused("/expires_at", "must lie in the future, after run_at");
    }
    if (maxAttempts != null && (maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS)) {
      throw ProblemException.refused("/max_attempts", "must be 1 to " + MOST_ATTEMPTS);
    }
    Duration limit = timeout == null ? null : duration("/timeout", timeout, LONGEST_TIMEOUT);
    Task.Options options =
        new Task.Options(
            maxAttempts, limit, start, end, checkedTags(), checkedCallback(destinations));
    return options.equals(Task.Options.NONE) ? Task.Options.NONE : options;
  }

  private @Nullable Tags checkedTags() {
    try {
      return tags == null || tags.isEmpty() ? null : Tags.of(tags);
    } catch (IllegalArgumentException e) {
      throw ProblemException.refused("/tags", String.valueOf(e.getMessage()));
    }
  }

  private @Nullable String checkedCallback(Destinations destinations) {
    if (callbackUrl == null) {
      return null;
    }
    if (!WebhookUrl.Check.isUrl(callbackUrl)) {
      throw ProblemException.refused("/callback_url", "must be an absolute http or https URL");
    }
    if (!PublicDestination.Check.mayBeCalled(callbackUrl, destinations)) {
      throw ProblemException.refused(
          List.of(
              new Violation(
                  "/callback_url",
                  ReasonCode.BLOCKED_DESTINATION,
                  "must not lead to an address that is not public")));
    }
    return callbackUrl;
  }

  /** Refuses a start of its own. */
  void requireNoStart() {
    if (runAt != null || delay != null) {
      throw ProblemException.refused(
          runAt == null ? "/delay" : "/run_at", "is not for this task to say");
    }
  }

  // A time that has passed means now.
  private @Nullable Instant startsAt(Instant now) {
    if (runAt != null && delay != null) {
      throw ProblemException.refused("/delay", "give run_at or delay, not both");
    }
    if (delay != null) {
      return now.plus(duration("/delay", delay, LONGEST_DELAY));
    }
    Instant start = runAt == null ? null : instant("/run_at", runAt);
    if (start != null && start.isAfter(now.plus(LONGEST_DELAY))) {
      throw ProblemException.refused(
          "/run_at", "must lie within " + LONGEST_DELAY.toDays() + " days");
    }
    return start == null || !start.isAfter(now) ? null : start;
  }

  private static Instant instant(String pointer, String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text);
      if (time.getYear() >= 0 && time.getYear() < LAST_YEAR) {
        return time.toInstant();
      }
    } catch (DateTimeException malformed) {
      // Said below.
    }
    throw ProblemException.refused(
        pointer, "must be an RFC 3339 time before the year " + LAST_YEAR);
  }

  private static Duration duration(String pointer, String text, Duration longest) {
    return DurationText.parse(text)
        .filter(given -> given.compareTo(SHORTEST) >= 0 && given.compareTo(longest) <= 0)
        .orElseThrow(
            () ->
                ProblemException.refused(
                    pointer, "must be a duration such as 30s or PT30S, from 1ms to " + longest));
  }
}
