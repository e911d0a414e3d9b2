package io.taskfleet.gateway.schedule;

import static java.util.stream.Collectors.joining;

import io.taskfleet.gateway.postgres.RowTimes;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A schedule as a row. What only the workers change is not among the columns that are written. */
final class ScheduleRow {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "tenant",
          "name",
          "cron",
          "zone",
          "every_ms",
          "fire_at",
          "catch_up",
          "enabled",
          "type",
          "priority",
          "ordering_key",
          "payload",
          "max_attempts",
          "timeout_ms",
          "expires_at",
          "tags",
          "callback_url",
          "created_at",
          "updated_at",
          "next_fire_at");

  private ScheduleRow() {}

  static String names() {
    return String.join(", ", COLUMNS);
  }

  static String parameters() {
    return COLUMNS.stream().map(ScheduleRow::parameter).collect(joining(", "));
  }

  static String assignments() {
    return COLUMNS.stream()
        .map(column -> column + " = " + parameter(column))
        .collect(joining(", "));
  }

  private static String parameter(String column) {
    return column.equals("payload") ? "cast(:payload as json)" : ':' + column;
  }

  static Map<String, @Nullable Object> values(Schedule schedule) {
    Definition definition = schedule.definition();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("id", schedule.id());
    values.put("tenant", schedule.tenant());
    values.put("name", definition.name());
    put(values, definition.timing());
    values.put("catch_up", definition.catchUp().label());
    values.put("enabled", definition.enabled());
    put(values, definition.task());
    values.put("created_at", time(schedule.createdAt()));
    values.put("updated_at", time(schedule.updatedAt()));
    values.put("next_fire_at", time(schedule.progress().nextFireAt()));
    return values;
  }

  private static void put(Map<String, @Nullable Object> values, Timing timing) {
    Cron cron = timing instanceof Cron given ? given : null;
    values.put("cron", cron == null ? null : cron.text());
    values.put("zone", cron == null ? null : cron.zone().getId());
    values.put(
        "every_ms",
        timing instanceof Timing.Every(Instant _, Duration period) ? period.toMillis() : null);
    values.put("fire_at", timing instanceof Timing.At(Instant at) ? time(at) : null);
  }

  private static void put(Map<String, @Nullable Object> values, Template task) {
    Duration timeout = task.options().timeout();
    values.put("type", task.type());
    values.put("priority", task.priority().label());
    values.put("ordering_key", task.key());
    values.put("payload", task.payload().text());
    values.put("max_attempts", task.options().maxAttempts());
    values.put("timeout_ms", timeout == null ? null : timeout.toMillis());
    values.put("expires_at", time(task.options().expiresAt()));
    Tags tags = task.options().tags();
    values.put("tags", tags == null ? null : tags.text());
    values.put("callback_url", task.options().callbackUrl());
  }

  static Schedule read(ResultSet row) throws SQLException {
    Instant createdAt = RowTimes.time(row, "created_at");
    return new Schedule(
        row.getObject("id", UUID.class),
        row.getString("tenant"),
        new Definition(
            row.getString("name"),
            timing(row, createdAt),
            CatchUp.of(row.getString("catch_up")),
            row.getBoolean("enabled"),
            task(row)),
        createdAt,
        RowTimes.time(row, "updated_at"),
        new Schedule.Progress(
            RowTimes.timeOrNull(row, "next_fire_at"),
            RowTimes.timeOrNull(row, "last_fired_at"),
            row.getObject("last_task_id", UUID.class)));
  }

  private static Timing timing(ResultSet row, Instant createdAt) throws SQLException {
    String cron = row.getString("cron");
    if (cron != null) {
      return Cron.parse(cron, ZoneId.of(row.getString("zone")));
    }
    Long every = row.getObject("every_ms", Long.class);
    return every == null
        ? new Timing.At(RowTimes.time(row, "fire_at"))
        : new Timing.Every(createdAt, Duration.ofMillis(every));
  }

  private static Template task(ResultSet row) throws SQLException {
    Long timeout = row.getObject("timeout_ms", Long.class);
    String tags = row.getString("tags");
    return new Template(
        row.getString("type"),
        Priority.of(row.getString("priority")),
        row.getString("ordering_key"),
        new RawJson(row.getString("payload").getBytes(StandardCharsets.UTF_8)),
        new Task.Options(
            row.getObject("max_attempts", Integer.class),
            timeout == null ? null : Duration.ofMillis(timeout),
            null,
            RowTimes.timeOrNull(row, "expires_at"),
            tags == null ? null : new Tags(tags),
            row.getString("callback_url")));
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
