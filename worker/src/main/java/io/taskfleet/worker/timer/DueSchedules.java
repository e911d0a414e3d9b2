package io.taskfleet.worker.timer;

import static io.taskfleet.worker.postgres.Unnest.Type.TIME;

import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import io.taskfleet.task.TaskIds;
import io.taskfleet.worker.postgres.Unnest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of {@code schedule}, and the tasks they make. Postgres' clock decides, as it does in
 * {@link DueTasks}, and nothing here waits for a lock.
 */
final class DueSchedules {
  private static final Logger log = LoggerFactory.getLogger(DueSchedules.class);

  /** In one transaction. Of schedules with large payloads fewer. */
  private static final int SCHEDULES = 100;

  private static final int FIRINGS = 500;
  private static final int FIRINGS_OF_ONE = 100;
  private static final long BYTES = 16 << 20;

  private static final String NEXT =
      """
      select ceil(extract(epoch from min(next_fire_at) - now()) * 1000)::bigint from schedule
      """;

  private static final String TAKE =
      """
      select id, cron, zone, every_ms, fire_at, catch_up, expires_at, created_at, next_fire_at,
             octet_length(payload::text) as bytes, now() as asked_at
        from schedule where next_fire_at <= now() and id <> all (?)
       order by next_fire_at limit ? for update skip locked
      """;

  /** One firing: the task it makes is as follow-up tasks are, see {@code ledger.Effects}. */
  private record Firing(UUID schedule, Instant time) {
    UUID taskId() {
      return TaskIds.fromSchedule(schedule, time);
    }
  }

  private static final Unnest<Firing> OF_FIRINGS =
      Unnest.<Firing>by("task_id", Unnest.Type.UUID, Firing::taskId)
          .with("schedule_id", Unnest.Type.UUID, Firing::schedule)
          .with("fired_for", TIME, Firing::time);

  /** What has become of a schedule. */
  private record Move(UUID schedule, @Nullable Instant next, @Nullable UUID lastTask) {}

  private static final Unnest<Move> OF_MOVES =
      Unnest.<Move>by("schedule_id", Unnest.Type.UUID, Move::schedule)
          .with("next_at", TIME, Move::next)
          .with("task_id", Unnest.Type.UUID, Move::lastTask);

  private static final String MOVE =
      """
      update schedule set next_fire_at = moved.next_at,
          last_fired_at = case when moved.task_id is null then last_fired_at else now() end,
          last_task_id = coalesce(moved.task_id, last_task_id)
        from (%s) as moved where schedule.id = moved.schedule_id
      """;

  private final Lateness lateness;
  private final String fire;

  DueSchedules(String worker, Lateness lateness) {
    this.lateness = lateness;
    // Due since the time it is for, so that those of one schedule start in order. A task that is
    // there already has been made by an earlier firing for that time.
    fire =
        """
        insert into task (id, tenant, type, priority, ordering_key, max_attempts, timeout_ms,
            payload, payload_hash, run_at, expires_at, tags, callback_url, created_at, state, attempt,
            delivery, due_at, worker)
        select new.task_id, tenant, type, priority, coalesce(ordering_key, new.task_id::text),
            max_attempts, timeout_ms, payload, sha256(convert_to(payload::text, 'UTF8')),
            new.fired_for, expires_at, tags, callback_url, now(), 'scheduled', 0, 0, new.fired_for, '%s'
          from (%%s) as new join schedule on schedule.id = new.schedule_id
         order by new.task_id
        on conflict do nothing
        """
            .formatted(worker.replace("'", "''").replace("%", "%%"));
  }

  /**
   * What a call came to.
   *
   * @param schedules how many were looked at
   * @param lags how late each firing was
   * @param unreadable schedules that this worker cannot make sense of
   */
  record Round(int schedules, List<Duration> lags, List<UUID> unreadable) {}

  /** How long until a schedule fires, not above zero if one should have; empty if none will. */
  static Optional<Duration> untilNext(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NEXT);
        ResultSet row = select.executeQuery()) {
      Long millis = row.next() ? row.getObject(1, Long.class) : null;
      return Optional.ofNullable(millis).map(Duration::ofMillis);
    }
  }

  /**
   * Fires what is due, or a part of it: makes the tasks and moves the schedules on, in the caller's
   * transaction.
   *
   * @param except schedules to leave where they are
   */
  Round fire(Connection connection, Set<UUID> except) throws SQLException {
    Plan plan = new Plan();
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      take.setArray(1, connection.createArrayOf("uuid", except.toArray()));
      take.setInt(2, SCHEDULES);
      try (ResultSet row = take.executeQuery()) {
        while (plan.hasRoom() && row.next()) {
          plan.add(row);
        }
      }
    }
    write(connection, fire, OF_FIRINGS, plan.firings);
    write(connection, MOVE, OF_MOVES, plan.moves);
    int looked = plan.moves.size() + plan.unreadable.size();
    return new Round(looked, plan.lags, plan.unreadable);
  }

  private static <R> void write(Connection connection, String sql, Unnest<R> columns, List<R> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = columns.prepare(connection, sql, rows)) {
      statement.executeUpdate();
    }
  }

  /** What one transaction does. */
  private final class Plan {
    final List<Firing> firings = new ArrayList<>();
    final List<Move> moves = new ArrayList<>();
    final List<Duration> lags = new ArrayList<>();
    final List<UUID> unreadable = new ArrayList<>();
    private long bytes;

    boolean hasRoom() {
      return firings.size() < FIRINGS && bytes < BYTES;
    }

    void add(ResultSet row) throws SQLException {
      UUID id = row.getObject("id", UUID.class);
      Instant now = time(row, "asked_at");
      int size = Math.max(1, row.getInt("bytes"));
      try {
        Lateness.Firings due =
            lateness.firings(
                timing(row),
                CatchUp.of(row.getString("catch_up")),
                time(row, "next_fire_at"),
                now,
                room(size));
        due.times().forEach(each -> firings.add(new Firing(id, each)));
        due.times().forEach(each -> lags.add(Duration.between(each, now)));
        bytes += (long) size * due.times().size();
        UUID last = due.times().isEmpty() ? null : TaskIds.fromSchedule(id, due.times().getLast());
        moves.add(new Move(id, due.next(), last));
      } catch (RuntimeException e) {
        log.error("schedule {} is due and cannot be read: {}", id, e.toString());
        unreadable.add(id);
      }
    }

    private int room(int size) {
      long least = Math.min(FIRINGS_OF_ONE, FIRINGS - firings.size());
      return (int) Math.max(1, Math.min(least, (BYTES - bytes) / size));
    }
  }

  private static Timing timing(ResultSet row) throws SQLException {
    String cron = row.getString("cron");
    Long every = row.getObject("every_ms", Long.class);
    Timing timing;
    if (cron != null) {
      timing = Cron.parse(cron, ZoneId.of(row.getString("zone")));
    } else if (every != null) {
      timing = new Timing.Every(time(row, "created_at"), Duration.ofMillis(every));
    } else {
      timing = new Timing.At(time(row, "fire_at"));
    }
    Timestamp end = row.getTimestamp("expires_at");
    return timing.until(end == null ? null : end.toInstant());
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getTimestamp(column)).toInstant();
  }
}
