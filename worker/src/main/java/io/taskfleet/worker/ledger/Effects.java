package io.taskfleet.worker.ledger;

import io.taskfleet.task.TaskError;
import io.taskfleet.worker.attempt.Effect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** What is written beside the rows that changed: the timeline, and the handlers' effects. */
final class Effects {
  private static final String TIMELINE =
      """
      insert into task_attempt (task_id, delivery, attempt, outcome, error_class, error_detail,
          worker, started_at, finished_at)
      select task_id, delivery, attempt, outcome, error_class, error_detail, ?, started_at,
          finished_at
        from unnest(?::uuid[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[],
            ?::timestamptz[], ?::timestamptz[])
          as new (task_id, delivery, attempt, outcome, error_class, error_detail, started_at,
            finished_at)
      on conflict do nothing
      """;

  private static final String EVENTS =
      """
      insert into analytics_event (id, tenant, name, user_id, value, properties, at)
      select id, tenant, name, user_id, value, properties::json, at
        from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::numeric[], ?::text[],
            ?::timestamptz[]) as new (id, tenant, name, user_id, value, properties, at)
      """;

  /** Sorted, because two workers that lock the same minutes in different orders would deadlock. */
  private static final String ROLLUPS =
      """
      insert into analytics_rollup as known (tenant, name, minute, count, sum, min, max)
      select tenant, name, date_trunc('minute', at), count(*), coalesce(sum(value), 0), min(value),
          max(value)
        from unnest(?::text[], ?::text[], ?::numeric[], ?::timestamptz[])
          as new (tenant, name, value, at)
       group by 1, 2, 3 order by 1, 2, 3
      on conflict (tenant, name, minute) do update set
          count = known.count + excluded.count, sum = known.sum + excluded.sum,
          min = least(known.min, excluded.min), max = greatest(known.max, excluded.max)
      """;

  private record Counted(Entry entry, Effect.EventCounted event) {}

  private final String worker;

  Effects(String worker) {
    this.worker = worker;
  }

  void write(Connection connection, List<Entry> entries, Set<UUID> changed) throws SQLException {
    List<Entry> failed = new ArrayList<>();
    List<Counted> counted = new ArrayList<>();
    for (Entry entry : entries) {
      if (!changed.contains(entry.task().id())) {
        continue;
      }
      if (entry.outcome().error() != null) {
        failed.add(entry);
      }
      for (Effect effect : entry.outcome().effects()) {
        switch (effect) {
          case Effect.EventCounted event -> counted.add(new Counted(entry, event));
        }
      }
    }
    if (!failed.isEmpty()) {
      writeTimeline(connection, failed);
    }
    if (!counted.isEmpty()) {
      writeEvents(connection, counted);
      writeRollups(connection, counted);
    }
  }

  private void writeTimeline(Connection connection, List<Entry> failed) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(TIMELINE)) {
      insert.setString(1, worker);
      ArrayBinder<Entry> bind = new ArrayBinder<>(connection, insert, 2, failed);
      bind.column("uuid", entry -> entry.task().id());
      bind.column("int4", entry -> entry.task().delivery());
      bind.column("int4", entry -> entry.outcome().attempt());
      bind.column("text", entry -> entry.outcome().state().label());
      bind.column("text", entry -> error(entry).errorClass());
      bind.column("text", entry -> error(entry).detail());
      bind.times(entry -> entry.outcome().startedAt());
      bind.times(entry -> entry.outcome().endedAt());
      insert.executeUpdate();
    }
  }

  private static TaskError error(Entry entry) {
    return Objects.requireNonNull(entry.outcome().error());
  }

  private static void writeEvents(Connection connection, List<Counted> counted)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(EVENTS)) {
      ArrayBinder<Counted> bind = new ArrayBinder<>(connection, insert, 1, counted);
      bind.column("uuid", row -> row.entry.task().id());
      bind.column("text", row -> row.entry.task().tenant());
      bind.column("text", row -> row.event.name());
      bind.column("text", row -> row.event.userId());
      bind.column("numeric", row -> row.event.value());
      bind.column("text", row -> row.event.properties());
      bind.times(row -> row.event.at());
      insert.executeUpdate();
    }
  }

  private static void writeRollups(Connection connection, List<Counted> counted)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(ROLLUPS)) {
      ArrayBinder<Counted> bind = new ArrayBinder<>(connection, insert, 1, counted);
      bind.column("text", row -> row.entry.task().tenant());
      bind.column("text", row -> row.event.name());
      bind.column("numeric", row -> row.event.value());
      bind.times(row -> row.event.at());
      insert.executeUpdate();
    }
  }
}
