package io.taskfleet.worker.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.worker.postgres.Transaction;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of {@code task} that wait for a time. Postgres' clock decides, so that relays with
 * different clocks agree. No statement here waits for a lock on a task: the ledger may wait for a
 * relay, a relay never waits for the ledger, and so the two cannot deadlock.
 */
final class DueTasks {
  private static final Logger log = LoggerFactory.getLogger(DueTasks.class);

  /** Rows are read in portions, so that large payloads beyond the bound are not even fetched. */
  private static final int FETCH = 50;

  /**
   * The priorities of types with tasks that wait for a time, found in the index one after the
   * other. Each is looked at by itself, so that the backlog of one is in nobody's way.
   */
  private static final String WAITING =
      """
      with recursive waiting as (
        (select type, priority from task
          where due_at is not null order by type, priority limit 1)
        union all
        select next.* from waiting cross join lateral (
          select type, priority from task
           where due_at is not null and (type, priority) > (waiting.type, waiting.priority)
           order by type, priority limit 1) as next)
      """;

  /**
   * Types share a claim evenly; a type's priorities have of its share what is left by the first.
   *
   * <p>Written so that rows are found in the order they are due in, whatever Postgres believes of
   * the table. Where hardly a task was unfinished when it looked, an index of all that are, which a
   * plain condition on the state would open, seems quicker even while there are very many.
   */
  private static final String CLAIM =
      WAITING
          + """
      , due as (
        select type, priority from waiting cross join lateral (
          select from task
           where task.type = waiting.type and task.priority = waiting.priority and due_at <= now()
           order by due_at limit 1) as longest
         where type || '/' || priority <> all (?)),
      share as (select greatest(1, ? / count(distinct type)) as most from due)
      select claimed.* from (select distinct type from due) as busy cross join lateral (
        select task.* from (
          select priority from due
           where due.type = busy.type
           order by priority <> ?, array_position(array['high', 'normal', 'bulk'], priority)) as turn
         cross join lateral (
          select id, tenant, type, priority, ordering_key, payload, delivery, created_at,
                 max_attempts, timeout_ms, expires_at, tags, callback_url, traceparent, batch_id,
                 due_at, now() + make_interval(secs => ?) as lease
            from task
           where task.type = busy.type and task.priority = turn.priority and due_at <= now()
             and state || '' not in ('succeeded', 'dead', 'cancelled', 'expired')
           order by due_at, created_at limit (select most from share)
             for update skip locked) as task
         limit (select most from share)) as claimed
       limit ?
      """;

  private static final String LEASE = "update task set due_at = ? where id = any (?)";

  /**
   * Only a row that is still as it was claimed: an outcome recorded meanwhile has raised its
   * delivery, another relay's claim has moved its {@code due_at}, a cancellation has ended it. A
   * row that is locked is left alone; at worst its lease lapses, and a duplicate is published.
   *
   * <p>Written so that rows are found by their ids whatever Postgres believes of the table. It may
   * have been looked at when it was empty; then a join would take all of it for less than these.
   */
  private static final String HELD =
      """
      with held as (
        select found.id, sent.due_at
          from unnest(?::uuid[], ?::int[], ?::timestamptz[], ?::timestamptz[])
            as sent (id, delivery, lease, due_at)
         cross join lateral (
           select id from task
            where task.id = sent.id and task.delivery = sent.delivery
              and task.due_at is not distinct from sent.lease
              and task.state not in ('succeeded', 'dead', 'cancelled', 'expired')
              for update skip locked) as found)
      """;

  private static final String SETTLE =
      HELD
          + """
      update task set due_at = null, state = 'queued' where id = any (array(select id from held))
      """;

  private static final String HAND_BACK =
      HELD
          + """
      update task set due_at = (select held.due_at from held where held.id = task.id)
       where id = any (array(select id from held))
      """;

  private static final String NEXT =
      WAITING
          + """
      select ceil(extract(epoch from min(next.due_at) - now()) * 1000)::bigint
        from waiting cross join lateral (
          select due_at from task
           where task.type = waiting.type and task.priority = waiting.priority and due_at > now()
           order by due_at limit 1) as next
      """;

  private final DataSource database;
  private final Duration lease;

  /**
   * The table in this database.
   *
   * @param lease how long a claim keeps other relays away
   */
  DueTasks(DataSource database, Duration lease) {
    this.database = database;
    this.lease = lease;
  }

  /**
   * Claims due tasks, of each type those of one priority first, then the most urgent; of each
   * priority those that have been due for longest. A row that cannot be read is claimed too, and
   * left to its lease.
   *
   * @param bytes stop when their payloads are this large together
   * @param first the priority that goes first
   * @param except backlogs to leave where they are, as {@link Claim#backlog} names them
   */
  List<Claim> claim(int atMost, long bytes, Priority first, Collection<String> except)
      throws SQLException {
    return Transaction.run(
        database,
        connection -> {
          Rows rows = select(connection, atMost, bytes, first, except);
          if (rows.lease != null) {
            lease(connection, rows.ids, rows.lease);
          }
          return rows.claims;
        });
  }

  /** What a claim found. */
  private static final class Rows {
    final List<UUID> ids = new ArrayList<>();
    final List<Claim> claims = new ArrayList<>();
    @Nullable Instant lease;
    long bytes;

    void add(ResultSet row) throws SQLException {
      UUID id = row.getObject("id", UUID.class);
      Instant until = time(row, "lease");
      ids.add(id);
      lease = until;
      try {
        Task task = task(row);
        bytes += task.payload().length;
        claims.add(new Claim(task, time(row, "due_at"), until));
      } catch (RuntimeException unreadable) {
        log.error("task {} is due and cannot be read: {}", id, unreadable.toString());
      }
    }
  }

  private Rows select(
      Connection connection, int atMost, long bytes, Priority first, Collection<String> except)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(CLAIM)) {
      select.setArray(1, connection.createArrayOf("text", except.toArray()));
      select.setInt(2, atMost);
      select.setString(3, first.label());
      select.setDouble(4, lease.toMillis() / 1_000.0);
      select.setInt(5, atMost);
      select.setFetchSize(FETCH);
      Rows rows = new Rows();
      try (ResultSet row = select.executeQuery()) {
        while (rows.bytes < bytes && row.next()) {
          rows.add(row);
        }
      }
      return rows;
    }
  }

  private static void lease(Connection connection, List<UUID> ids, Instant until)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(LEASE)) {
      update.setTimestamp(1, Timestamp.from(until));
      update.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
      update.executeUpdate();
    }
  }

  /**
   * The next delivery. Without its {@code run_at}: that has come, whatever a worker's clock says.
   */
  private static Task task(ResultSet row) throws SQLException {
    String payload = row.getString("payload");
    Long timeout = row.getObject("timeout_ms", Long.class);
    String tags = row.getString("tags");
    return new Task(
        row.getObject("id", UUID.class),
        row.getString("tenant"),
        row.getString("type"),
        Priority.of(row.getString("priority")),
        row.getString("ordering_key"),
        payload == null ? new byte[0] : payload.getBytes(UTF_8),
        time(row, "created_at"),
        new Task.Options(
            row.getObject("max_attempts", Integer.class),
            timeout == null ? null : Duration.ofMillis(timeout),
            null,
            timeOrNull(row, "expires_at"),
            tags == null ? null : new Tags(tags),
            row.getString("callback_url")),
        row.getString("traceparent"),
        row.getObject("batch_id", UUID.class),
        row.getInt("delivery") + 1);
  }

  private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(timeOrNull(row, column));
  }

  /** Marks the published tasks queued, and lets any relay have the others at once. */
  void settle(List<Claim> published, List<Claim> handedBack) throws SQLException {
    try (Connection connection = database.getConnection()) {
      update(connection, SETTLE, published);
      update(connection, HAND_BACK, handedBack);
    }
  }

  private static void update(Connection connection, String sql, List<Claim> claims)
      throws SQLException {
    if (claims.isEmpty()) {
      return;
    }
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setArray(1, array(connection, "uuid", claims, claim -> claim.task().id()));
      update.setArray(2, array(connection, "int4", claims, Claim::recordedDelivery));
      update.setArray(
          3, array(connection, "timestamptz", claims, claim -> claim.lease().toString()));
      update.setArray(
          4, array(connection, "timestamptz", claims, claim -> claim.dueAt().toString()));
      update.executeUpdate();
    }
  }

  private static Array array(
      Connection connection, String type, List<Claim> claims, Function<Claim, Object> value)
      throws SQLException {
    return connection.createArrayOf(type, claims.stream().map(value).toArray());
  }

  /** How long until another task is due, if one waits. */
  Optional<Duration> untilNext() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select = connection.prepareStatement(NEXT);
        ResultSet row = select.executeQuery()) {
      Long millis = row.next() ? row.getObject(1, Long.class) : null;
      return Optional.ofNullable(millis).map(Duration::ofMillis);
    }
  }
}
