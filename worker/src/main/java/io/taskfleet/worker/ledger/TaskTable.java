package io.taskfleet.worker.ledger;

import static io.taskfleet.worker.postgres.Unnest.Type.BYTES;
import static io.taskfleet.worker.postgres.Unnest.Type.INT;
import static io.taskfleet.worker.postgres.Unnest.Type.JSON;
import static io.taskfleet.worker.postgres.Unnest.Type.LONG;
import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;
import static io.taskfleet.worker.postgres.Unnest.Type.TIME;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.outcome.Lane;
import io.taskfleet.worker.postgres.Unnest;
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

/** The {@code task} table: what is known, and the write of what is new, guarded or not. */
public final class TaskTable {

  private static final String FIND =
      """
      select id, delivery, payload_hash, source_topic, source_partition, source_offset, state,
             attempt, key_position, result, error_code, error_detail, error_class, due_at, first_failed_at,
             started_at, coalesce(finished_at, started_at, created_at) as ended_at
        from task where id = any (?)
      """;

  /**
   * The guard is the where clause: only a delivery above the recorded one changes a row, and
   * nothing changes one that has ended. {@code returning} tells which rows changed, because only
   * they may have effects.
   */
  private static final String GUARD =
      """
      on conflict (id) do update set
          state = excluded.state, attempt = excluded.attempt, delivery = excluded.delivery,
          result = excluded.result, error_code = excluded.error_code,
          error_class = excluded.error_class, error_detail = excluded.error_detail,
          due_at = excluded.due_at, source_topic = excluded.source_topic,
          source_partition = excluded.source_partition, source_offset = excluded.source_offset,
          worker = excluded.worker,
          key_position = coalesce(known.key_position, excluded.key_position),
          first_failed_at = coalesce(known.first_failed_at, excluded.first_failed_at),
          started_at = excluded.started_at, finished_at = excluded.finished_at
        where known.delivery < excluded.delivery
          and known.payload_hash = excluded.payload_hash
          and known.state not in ('succeeded', 'dead', 'cancelled', 'expired')
      returning id
      """;

  private static final Unnest<Lane> OF_LANES =
      Unnest.<Lane>by("ordering_key", TEXT, Lane::key)
          .with("type", TEXT, Lane::type)
          .with("tenant", TEXT, Lane::tenant)
          .with("priority", TEXT, lane -> lane.priority().label());

  private static final String FIRST_WAITING =
      """
      select given.type, given.tenant, given.priority, given.ordering_key, first.key_position
        from (%s) as given cross join lateral (
          select key_position from task
           where task.type = given.type and task.priority = given.priority
             and task.tenant = given.tenant and task.ordering_key = given.ordering_key
             and key_position is not null
             and state not in ('succeeded', 'dead', 'cancelled', 'expired')
           order by key_position limit 1) as first
      """;

  private final DataSource database;
  private final Unnest<Entry> rows;
  private final String insert;
  private final String write;

  /**
   * The table in this database.
   *
   * @param worker the name written beside what this process does
   */
  public TaskTable(DataSource database, String worker) {
    this.database = database;
    this.rows = rows(worker);
    this.insert = "insert into task as known (%s) %%s".formatted(rows.names());
    this.write = insert + '\n' + GUARD;
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

  /**
   * Of each of these lanes the place of the first task that waits for another attempt, or for its
   * turn.
   *
   * @throws SQLException if Postgres cannot be asked
   */
  public Map<Lane, Long> firstWaiting(Collection<Lane> lanes) throws SQLException {
    Map<Lane, Long> first = new HashMap<>();
    try (Connection connection = database.getConnection();
        PreparedStatement select = OF_LANES.prepare(connection, FIRST_WAITING, List.copyOf(lanes));
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        Lane lane =
            new Lane(
                row.getString(1),
                row.getString(2),
                Priority.of(row.getString(3)),
                row.getString(4));
        first.put(lane, row.getLong(5));
      }
    }
    return first;
  }

  private static KnownTask known(ResultSet row) throws SQLException {
    String code = row.getString("error_code");
    String detail = row.getString("error_detail");
    String result = row.getString("result");
    return new KnownTask(
        row.getObject("id", UUID.class),
        row.getInt("delivery"),
        row.getBytes("payload_hash"),
        row.getObject("key_position", Long.class),
        new KnownTask.Place(
            row.getString("source_topic"),
            row.getInt("source_partition"),
            row.getLong("source_offset")),
        new Entry.Outcome(
            TaskState.of(row.getString("state")),
            row.getInt("attempt"),
            result == null ? null : new RawJson(result.getBytes(UTF_8)),
            code == null ? null : new TaskError(code, detail, row.getString("error_class")),
            instant(row, "due_at"),
            instant(row, "first_failed_at"),
            instant(row, "started_at"),
            row.getTimestamp("ended_at").toInstant(),
            List.of()));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  /**
   * Writes entries of tasks that have no row yet, and answers their ids. Postgres does that for
   * four fifths of what {@link #write} costs it.
   *
   * @param connection in a transaction, which is the caller's to end
   * @throws SQLException if Postgres does not take them, with the state of a unique violation if
   *     there is a row; the transaction is lost then
   */
  public Set<UUID> insert(Connection connection, List<Entry> entries) throws SQLException {
    try (PreparedStatement statement = rows.prepare(connection, insert, entries)) {
      statement.executeUpdate();
    }
    return entries.stream().map(entry -> entry.task().id()).collect(toUnmodifiableSet());
  }

  /**
   * Writes the entries and answers the ids of those that changed something.
   *
   * @param connection in a transaction, which is the caller's to end
   * @throws SQLException if Postgres does not take them; the transaction is lost then
   */
  public Set<UUID> write(Connection connection, List<Entry> entries) throws SQLException {
    Set<UUID> changed = HashSet.newHashSet(entries.size());
    try (PreparedStatement statement = rows.prepare(connection, write, entries);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        changed.add(row.getObject(1, UUID.class));
      }
    }
    return changed;
  }

  private static Unnest<Entry> rows(String worker) {
    return Unnest.<Entry>by("id", Unnest.Type.UUID, entry -> entry.task().id())
        .with("tenant", TEXT, entry -> entry.task().tenant())
        .with("type", TEXT, entry -> entry.task().type())
        .with("priority", TEXT, entry -> entry.task().priority().label())
        .with("ordering_key", TEXT, entry -> entry.task().key())
        .with("key_position", LONG, Entry::keyPosition)
        .with("state", TEXT, entry -> entry.outcome().state().label())
        .with("attempt", INT, entry -> entry.outcome().attempt())
        .with("delivery", INT, entry -> entry.task().delivery())
        .with("max_attempts", INT, entry -> entry.task().options().maxAttempts())
        .with("timeout_ms", LONG, entry -> millis(entry.task().options().timeout()))
        .with("payload", JSON, Entry::storedPayload)
        .with("payload_hash", BYTES, entry -> entry.task().payloadHash())
        .with("result", JSON, entry -> entry.outcome().result())
        .with("error_code", TEXT, entry -> error(entry, TaskError::code))
        .with("error_class", TEXT, entry -> error(entry, TaskError::errorClass))
        .with("error_detail", TEXT, entry -> error(entry, TaskError::detail))
        .with("run_at", TIME, entry -> entry.task().options().runAt())
        .with("due_at", TIME, entry -> entry.outcome().dueAt())
        .with("expires_at", TIME, entry -> entry.task().options().expiresAt())
        .with("traceparent", TEXT, entry -> entry.task().traceparent())
        .with("tags", TEXT, TaskTable::tags)
        .with("callback_url", TEXT, entry -> entry.task().options().callbackUrl())
        .with("batch_id", Unnest.Type.UUID, entry -> entry.task().batchId())
        .with("source_topic", TEXT, entry -> entry.record().topic())
        .with("source_partition", INT, entry -> entry.record().partition())
        .with("source_offset", LONG, entry -> entry.record().offset())
        .with("worker", TEXT, entry -> worker)
        .with("created_at", TIME, entry -> entry.task().createdAt())
        .with("first_failed_at", TIME, entry -> entry.outcome().firstFailedAt())
        .with("started_at", TIME, entry -> entry.outcome().startedAt())
        .with("finished_at", TIME, Entry::finishedAt);
  }

  private static @Nullable String error(
      Entry entry, Function<TaskError, @Nullable String> component) {
    TaskError error = entry.outcome().error();
    return error == null ? null : component.apply(error);
  }

  private static @Nullable Long millis(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis();
  }

  private static @Nullable String tags(Entry entry) {
    Tags tags = entry.task().options().tags();
    return tags == null ? null : tags.text();
  }
}
