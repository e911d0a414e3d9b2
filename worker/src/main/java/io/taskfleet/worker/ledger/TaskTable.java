package io.taskfleet.worker.ledger;

import io.taskfleet.task.RawJson;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The {@code task} table: what is known, and the guarded write of what is new. */
public final class TaskTable {

  private static final String FIND =
      """
      select id, delivery, payload_hash, source_topic, source_partition, source_offset, state,
             attempt, result, error_code, error_detail, error_class, due_at, first_failed_at,
             started_at, coalesce(finished_at, started_at, created_at) as ended_at
        from task where id = any (?)
      """;

  /**
   * The guard is the where clause: only a delivery above the recorded one changes a row, and
   * nothing changes one that has ended. {@code returning} tells which rows changed, because only
   * they may have effects.
   */
  private static final String WRITE =
      """
      insert into task as known (id, tenant, type, priority, ordering_key, state, attempt, delivery,
          max_attempts, timeout_ms, payload, payload_hash, result, error_code, error_class,
          error_detail, run_at, due_at, expires_at, traceparent, source_topic, source_partition,
          source_offset, worker, created_at, first_failed_at, started_at, finished_at)
      select id, tenant, type, priority, ordering_key, state, attempt, delivery, max_attempts,
          timeout_ms, payload::json, payload_hash, result::json, error_code, error_class,
          error_detail, run_at, due_at, expires_at, traceparent, source_topic, source_partition,
          source_offset, ?, created_at, first_failed_at, started_at, finished_at
        from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[],
            ?::int[], ?::int[], ?::bigint[], ?::text[], ?::bytea[], ?::text[], ?::text[],
            ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::text[],
            ?::text[], ?::int[], ?::bigint[], ?::timestamptz[], ?::timestamptz[],
            ?::timestamptz[], ?::timestamptz[])
          as new (id, tenant, type, priority, ordering_key, state, attempt, delivery,
            max_attempts, timeout_ms, payload, payload_hash, result, error_code, error_class,
            error_detail, run_at, due_at, expires_at, traceparent, source_topic,
            source_partition, source_offset, created_at, first_failed_at, started_at, finished_at)
      on conflict (id) do update set
          state = excluded.state, attempt = excluded.attempt, delivery = excluded.delivery,
          result = excluded.result, error_code = excluded.error_code,
          error_class = excluded.error_class, error_detail = excluded.error_detail,
          due_at = excluded.due_at, source_topic = excluded.source_topic,
          source_partition = excluded.source_partition, source_offset = excluded.source_offset,
          worker = excluded.worker,
          first_failed_at = coalesce(known.first_failed_at, excluded.first_failed_at),
          started_at = excluded.started_at, finished_at = excluded.finished_at
        where known.delivery < excluded.delivery
          and known.payload_hash = excluded.payload_hash
          and known.state not in ('succeeded', 'dead', 'cancelled', 'expired')
      returning id
      """;

  private final DataSource database;
  private final String worker;

  /**
   * The table in this database.
   *
   * @param worker the name written beside what this process does
   */
  public TaskTable(DataSource database, String worker) {
    this.database = database;
    this.worker = worker;
  }

  /**
   * The rows with these ids.
   *
   * @throws SQLException if Postgres cannot be asked
   */
  public Map<UUID, KnownTask> find(Collection<UUID> ids) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return find(connection, ids);
    }
  }

  static Map<UUID, KnownTask> find(Connection connection, Collection<UUID> ids)
      throws SQLException {
    Map<UUID, KnownTask> found = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(FIND)) {
      select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          KnownTask known = known(row);
          found.put(known.id(), known);
        }
      }
    }
    return found;
  }

  private static KnownTask known(ResultSet row) throws SQLException {
    String code = row.getString("error_code");
    String detail = row.getString("error_detail");
    return new KnownTask(
        row.getObject("id", UUID.class),
        row.getInt("delivery"),
        row.getBytes("payload_hash"),
        new KnownTask.Place(
            row.getString("source_topic"),
            row.getInt("source_partition"),
            row.getLong("source_offset")),
        KnownTask.outcome(
            TaskState.of(row.getString("state")),
            row.getInt("attempt"),
            row.getString("result"),
            code == null ? null : new TaskError(code, detail, row.getString("error_class")),
            instant(row, "due_at"),
            instant(row, "first_failed_at"),
            instant(row, "started_at"),
            row.getTimestamp("ended_at").toInstant()));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  /** Writes the entries and answers the ids of those that changed something. */
  Set<UUID> write(Connection connection, List<Entry> entries) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(WRITE)) {
      insert.setString(1, worker);
      bind(new ArrayBinder<>(connection, insert, 2, entries));
      Set<UUID> changed = HashSet.newHashSet(entries.size());
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          changed.add(row.getObject(1, UUID.class));
        }
      }
      return changed;
    }
  }

  /** In the order of {@link #WRITE}'s arrays. */
  private static void bind(ArrayBinder<Entry> bind) throws SQLException {
    bind.column("uuid", entry -> entry.task().id());
    bind.column("text", entry -> entry.task().tenant());
    bind.column("text", entry -> entry.task().type());
    bind.column("text", entry -> entry.task().priority().label());
    bind.column("text", entry -> entry.task().key());
    bind.column("text", entry -> entry.outcome().state().label());
    bind.column("int4", entry -> entry.outcome().attempt());
    bind.column("int4", entry -> entry.task().delivery());
    bind.column("int4", entry -> entry.task().options().maxAttempts());
    bind.column("int8", entry -> millis(entry.task().options().timeout()));
    bind.column("text", entry -> text(entry.storedPayload()));
    bind.column("bytea", entry -> entry.task().payloadHash());
    bind.column("text", entry -> text(entry.outcome().result()));
    bind.column("text", entry -> error(entry, TaskError::code));
    bind.column("text", entry -> error(entry, TaskError::errorClass));
    bind.column("text", entry -> error(entry, TaskError::detail));
    bind.times(entry -> entry.task().options().runAt());
    bind.times(entry -> entry.outcome().dueAt());
    bind.times(entry -> entry.task().options().expiresAt());
    bind.column("text", entry -> entry.task().traceparent());
    bind.column("text", entry -> entry.record().topic());
    bind.column("int4", entry -> entry.record().partition());
    bind.column("int8", entry -> entry.record().offset());
    bind.times(entry -> entry.task().createdAt());
    bind.times(entry -> entry.outcome().firstFailedAt());
    bind.times(entry -> entry.outcome().startedAt());
    bind.times(entry -> entry.outcome().state().isTerminal() ? entry.outcome().endedAt() : null);
  }

  private static @Nullable String text(@Nullable RawJson json) {
    return json == null ? null : json.text();
  }

  private static @Nullable String error(
      Entry entry, Function<TaskError, @Nullable String> component) {
    TaskError error = entry.outcome().error();
    return error == null ? null : component.apply(error);
  }

  private static @Nullable Long millis(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis();
  }
}
