package io.taskfleet.worker.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
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
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code task} that wait for a time. Postgres' clock decides, so that relays with
 * different clocks agree. No statement here waits for a lock on a task: the ledger may wait for a
 * relay, a relay never waits for the ledger, and so the two cannot deadlock.
 */
final class DueTasks {
  /** Rows are read in portions, so that large payloads beyond the bound are not even fetched. */
  private static final int FETCH = 50;

  private static final int RELEASED_AT_ONCE = 5_000;

  private static final String CLAIM =
      """
      select id, tenant, type, priority, ordering_key, payload, delivery, created_at, max_attempts,
             timeout_ms, expires_at, traceparent, batch_id, due_at,
             now() + make_interval(secs => ?) as lease
        from task
       where due_at <= now() and type <> all (?)
         and state not in ('succeeded', 'dead', 'cancelled', 'expired')
       order by due_at, created_at limit ?
         for update skip locked
      """;

  private static final String LEASE = "update task set due_at = ? where id = any (?)";

  /**
   * Only a row that is still as it was claimed: an outcome recorded meanwhile has raised its
   * delivery, another relay's claim has moved its {@code due_at}, a cancellation has ended it. A
   * row that is locked is left alone; at worst its lease lapses, and a duplicate is published.
   */
  private static final String SETTLE =
      """
      with held as (
        select task.id, sent.due_at
          from unnest(?::uuid[], ?::int[], ?::timestamptz[], ?::timestamptz[])
            as sent (id, delivery, lease, due_at)
          join task
            on task.id = sent.id and task.delivery = sent.delivery and task.due_at = sent.lease
         where task.state not in ('succeeded', 'dead', 'cancelled', 'expired')
           for update of task skip locked)
      update task set due_at = held.due_at,
          state = case when held.due_at is null then 'queued' else task.state end
        from held where task.id = held.id
      """;

  private static final String NEXT =
      """
      select ceil(extract(epoch from min(due_at) - now()) * 1000)::bigint
        from task where due_at > now()
      """;

  /** One relay in the fleet is enough; a second one would only read the same rows. */
  private static final String RELEASE_PARKED =
      """
      with first as (
        select distinct on (type, ordering_key) id, state, due_at
          from task
         where (select pg_try_advisory_xact_lock(hashtext('taskfleet.parked')))
           and key_position is not null
           and state not in ('succeeded', 'dead', 'cancelled', 'expired')
         order by type, ordering_key, key_position),
      held as (
        select task.id
          from task join first on task.id = first.id
         where first.state = 'deferred' and first.due_at is null
           and task.state = 'deferred' and task.due_at is null
         limit ? for update of task skip locked)
      update task set due_at = now() from held where task.id = held.id
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
   * Claims due tasks, those that have been due for longest first.
   *
   * @param bytes stop when their payloads are this large together
   * @param except types to leave where they are
   */
  List<Claim> claim(int atMost, long bytes, Collection<String> except) throws SQLException {
    return Transaction.run(
        database,
        connection -> {
          List<Claim> claims = select(connection, atMost, bytes, except);
          if (!claims.isEmpty()) {
            lease(connection, claims);
          }
          return claims;
        });
  }

  private List<Claim> select(
      Connection connection, int atMost, long bytes, Collection<String> except)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(CLAIM)) {
      select.setDouble(1, lease.toMillis() / 1_000.0);
      select.setArray(2, connection.createArrayOf("text", except.toArray()));
      select.setInt(3, atMost);
      select.setFetchSize(FETCH);
      List<Claim> claims = new ArrayList<>();
      long size = 0;
      try (ResultSet row = select.executeQuery()) {
        while (size < bytes && row.next()) {
          Task task = task(row);
          size += task.payload().length;
          claims.add(new Claim(task, time(row, "due_at"), time(row, "lease")));
        }
      }
      return claims;
    }
  }

  private static void lease(Connection connection, List<Claim> claims) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(LEASE)) {
      update.setTimestamp(1, Timestamp.from(claims.getFirst().lease()));
      update.setArray(
          2,
          connection.createArrayOf(
              "uuid", claims.stream().map(claim -> claim.task().id()).toArray()));
      update.executeUpdate();
    }
  }

  /**
   * The next delivery. Without its {@code run_at}: that has come, whatever a worker's clock says.
   */
  private static Task task(ResultSet row) throws SQLException {
    String payload = row.getString("payload");
    Long timeout = row.getObject("timeout_ms", Long.class);
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
            timeOrNull(row, "expires_at")),
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
    try (Connection connection = database.getConnection();
        PreparedStatement update = connection.prepareStatement(SETTLE)) {
      List<Claim> all = Stream.concat(published.stream(), handedBack.stream()).toList();
      Stream<@Nullable Object> due =
          Stream.concat(
              published.stream().map(_ -> null),
              handedBack.stream().map(claim -> claim.dueAt().toString()));
      update.setArray(1, array(connection, "uuid", all, claim -> claim.task().id()));
      update.setArray(2, array(connection, "int4", all, Claim::recordedDelivery));
      update.setArray(3, array(connection, "timestamptz", all, claim -> claim.lease().toString()));
      update.setArray(4, connection.createArrayOf("timestamptz", due.toArray()));
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

  /**
   * Makes tasks due that wait behind an earlier task of their key though none is unfinished any
   * more, one of each key. Whoever finished the earlier one should have done so, and may have died.
   *
   * @return how many there were
   */
  int releaseParked() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update = connection.prepareStatement(RELEASE_PARKED)) {
      update.setInt(1, RELEASED_AT_ONCE);
      return update.executeUpdate();
    }
  }
}
