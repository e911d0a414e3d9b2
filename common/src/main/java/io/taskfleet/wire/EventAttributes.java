package io.taskfleet.wire;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.WebhookUrl;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The context attributes of a CloudEvent, by header name. Without any of them the record is bare
 * JSON and everything has a default.
 */
record EventAttributes(Map<String, String> values) {
  private static final String PREFIX = "io.taskfleet.";
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(24);
  private static final int MOST_DELIVERIES = 1_000_000;
  private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  /** The event's id, after checking that the event is one of this task type. */
  Optional<UUID> id(String type) throws RefusedJsonException {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    String version = values.get(TaskHeaders.SPEC_VERSION);
    if (version == null || !values.containsKey(TaskHeaders.SOURCE)) {
      throw malformed("specversion and source are required of a CloudEvent");
    }
    if (!version.equals("1.0")) {
      throw refused(ReasonCode.UNSUPPORTED_VERSION, "CloudEvents 1.0 only");
    }
    requireType(type);
    Optional<UUID> id = TaskIds.parse(values.getOrDefault(TaskHeaders.ID, ""));
    if (id.isEmpty()) {
      throw refused(ReasonCode.INVALID_ID, "id must be a UUID in canonical form");
    }
    return id;
  }

  private void requireType(String type) throws RefusedJsonException {
    String given = values.getOrDefault(TaskHeaders.TYPE, "");
    if (given.equals(TaskCodec.eventType(type))) {
      return;
    }
    int dot = given.lastIndexOf(".v");
    if (!given.startsWith(PREFIX) || dot < PREFIX.length()) {
      throw refused(ReasonCode.UNKNOWN_TYPE, "type must be " + TaskCodec.eventType(type));
    }
    throw given.substring(PREFIX.length(), dot).equals(type)
        ? refused(ReasonCode.UNSUPPORTED_VERSION, "version 1 only")
        : refused(ReasonCode.WRONG_TOPIC, "this topic is for " + TaskCodec.eventType(type));
  }

  String tenant() throws RefusedJsonException {
    String tenant = values.get(TaskHeaders.TENANT);
    if (tenant == null) {
      return Task.DEFAULT_TENANT;
    }
    if (!TENANT.matcher(tenant).matches()) {
      throw refused(ReasonCode.VALIDATION_FAILED, "tenant must match " + TENANT);
    }
    return tenant;
  }

  Instant createdAt(Instant otherwise) throws RefusedJsonException {
    Instant time = instant(TaskHeaders.TIME);
    return time == null ? otherwise : time;
  }

  Task.Options options() throws RefusedJsonException {
    Integer maxAttempts = positive(TaskHeaders.MAX_ATTEMPTS);
    Duration timeout = duration();
    Instant runAt = instant(TaskHeaders.RUN_AT);
    Instant expiresAt = instant(TaskHeaders.EXPIRY_TIME);
    Task.Options options =
        new Task.Options(maxAttempts, timeout, runAt, expiresAt, tags(), callbackUrl());
    return options.equals(Task.Options.NONE) ? Task.Options.NONE : options;
  }

  private @Nullable Tags tags() throws RefusedJsonException {
    String text = values.get(TaskHeaders.TAGS);
    try {
      return text == null ? null : Tags.parse(text);
    } catch (IllegalArgumentException e) {
      throw refused(ReasonCode.VALIDATION_FAILED, "tags " + e.getMessage());
    }
  }

  private @Nullable String callbackUrl() throws RefusedJsonException {
    String url = values.get(TaskHeaders.CALLBACK_URL);
    if (url != null && !WebhookUrl.Check.isUrl(url)) {
      throw refused(
          ReasonCode.VALIDATION_FAILED, "callbackurl must be an absolute http or https URL");
    }
    return url;
  }

  @Nullable UUID batchId() throws RefusedJsonException {
    String text = values.get(TaskHeaders.BATCH_ID);
    if (text == null) {
      return null;
    }
    return TaskIds.parse(text)
        .orElseThrow(() -> refused(ReasonCode.INVALID_ID, "batchid must be a UUID"));
  }

  int delivery() throws RefusedJsonException {
    Integer delivery = positive(TaskHeaders.DELIVERY);
    if (delivery != null && delivery > MOST_DELIVERIES) {
      throw refused(ReasonCode.VALIDATION_FAILED, "no task is delivered so often");
    }
    return delivery == null ? 1 : delivery;
  }

  private @Nullable Instant instant(String name) throws RefusedJsonException {
    String text = values.get(name);
    if (text == null) {
      return null;
    }
    try {
      Instant instant = Rfc3339.parse(text);
      if (instant.isBefore(Instant.EPOCH) || instant.isAfter(LATEST)) {
        throw malformed(name + " must lie between the years 1970 and 9999");
      }
      return instant;
    } catch (DateTimeException e) {
      throw malformed(name + " must be an RFC 3339 time");
    }
  }

  private @Nullable Duration duration() throws RefusedJsonException {
    String text = values.get(TaskHeaders.TIMEOUT);
    if (text == null) {
      return null;
    }
    try {
      Duration duration = Duration.parse(text);
      if (duration.compareTo(SHORTEST_TIMEOUT) >= 0 && duration.compareTo(LONGEST_TIMEOUT) <= 0) {
        return duration;
      }
    } catch (DateTimeException e) {
      throw malformed("timeout must be an ISO 8601 duration");
    }
    throw refused(
        ReasonCode.VALIDATION_FAILED, "timeout must be a millisecond or more and at most 24 hours");
  }

  private @Nullable Integer positive(String name) throws RefusedJsonException {
    String text = values.get(name);
    if (text == null) {
      return null;
    }
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw malformed(name + " must be a whole number");
    }
    throw refused(ReasonCode.VALIDATION_FAILED, name + " must be above zero");
  }

  private static RefusedJsonException malformed(String detail) {
    return refused(ReasonCode.MALFORMED, detail);
  }

  private static RefusedJsonException refused(ReasonCode code, String detail) {
    return new RefusedJsonException("", code, detail);
  }
}
