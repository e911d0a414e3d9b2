package io.taskfleet.worker.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts tasks that are due back on their topics. Any number of relays share the work. */
public final class Relay {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final int BATCH = 500;
  private static final int FETCH = 50;
  private static final long BATCH_BYTES = 8 << 20;
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(5);

  /** Postgres' clock decides, so that relays with different clocks agree. */
  private static final String CLAIM =
      """
      select id, tenant, type, priority, ordering_key, payload, delivery, created_at, max_attempts,
             timeout_ms, expires_at, traceparent
        from task where due_at <= now() order by due_at limit ?
         for update skip locked
      """;

  private static final String MARK =
      "update task set state = 'queued', due_at = null where id = any (?)";

  /** One that Kafka does not take must not stand in the way of the others. */
  private static final String POSTPONE =
      "update task set due_at = now() + interval '30 seconds' where id = any (?)";

  private final DataSource database;
  private final Producer<byte[], byte[]> producer;
  private final Duration interval;
  private final Thread thread = Thread.ofPlatform().name("timer-relay").unstarted(this::run);
  private volatile boolean stopped;

  /**
   * A relay between this table and these topics.
   *
   * @param producer idempotent, {@code acks=all}
   * @param interval how often it looks when nothing was due
   */
  public Relay(DataSource database, Producer<byte[], byte[]> producer, Duration interval) {
    this.database = database;
    this.producer = producer;
    this.interval = interval;
  }

  /** Starts looking. */
  public void start() {
    thread.start();
  }

  /** Finishes the batch under way and stops; twice is harmless. */
  public void drain(Duration deadline) throws InterruptedException {
    stopped = true;
    LockSupport.unpark(thread);
    if (thread.isAlive()) {
      boolean _ = thread.join(deadline);
    }
  }

  private void run() {
    boolean away = false;
    while (!stopped) {
      int moved = 0;
      try {
        moved = moveDue();
        away = false;
      } catch (SQLException | RuntimeException e) {
        if (!away) {
          log.warn("due tasks wait: {}", e.toString());
        }
        away = true;
      } catch (InterruptedException e) {
        return;
      }
      if (moved == 0) {
        LockSupport.parkNanos(interval.toNanos());
      }
    }
  }

  /** Moves one batch and answers how many tasks were in it. */
  private int moveDue() throws SQLException, InterruptedException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        List<Task> due = claim(connection);
        if (!due.isEmpty()) {
          Set<UUID> acknowledged = publish(due);
          update(connection, MARK, due, acknowledged::contains);
          update(connection, POSTPONE, due, id -> !acknowledged.contains(id));
        }
        connection.commit();
        return due.size();
      } catch (SQLException | RuntimeException | InterruptedException e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static List<Task> claim(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(CLAIM)) {
      select.setInt(1, BATCH);
      // Read as a stream, so that large payloads beyond the bound are not even fetched.
      select.setFetchSize(FETCH);
      List<Task> due = new ArrayList<>();
      long bytes = 0;
      try (ResultSet row = select.executeQuery()) {
        while (bytes < BATCH_BYTES && row.next()) {
          Task task = task(row);
          bytes += task.payload().length;
          due.add(task);
        }
      }
      return due;
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
        row.getTimestamp("created_at").toInstant(),
        new Task.Options(
            row.getObject("max_attempts", Integer.class),
            timeout == null ? null : Duration.ofMillis(timeout),
            null,
            instant(row.getTimestamp("expires_at"))),
        row.getString("traceparent"),
        row.getInt("delivery") + 1);
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }

  /** Answers the ids of those that Kafka has. */
  private Set<UUID> publish(List<Task> due) throws InterruptedException {
    Map<UUID, Future<RecordMetadata>> sent = LinkedHashMap.newLinkedHashMap(due.size());
    for (Task task : due) {
      sent.put(task.id(), send(task));
    }
    Set<UUID> acknowledged = HashSet.newHashSet(due.size());
    long until = System.nanoTime() + ACKNOWLEDGED_WITHIN.toNanos();
    for (Map.Entry<UUID, Future<RecordMetadata>> each : sent.entrySet()) {
      try {
        each.getValue().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        acknowledged.add(each.getKey());
      } catch (ExecutionException | TimeoutException e) {
        log.warn("task {} is due and waits: {}", each.getKey(), e.toString());
      }
    }
    return acknowledged;
  }

  private Future<RecordMetadata> send(Task task) {
    try {
      return producer.send(TaskCodec.encode(task));
    } catch (KafkaException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private static void update(
      Connection connection, String sql, List<Task> due, Predicate<UUID> chosen)
      throws SQLException {
    Object[] ids = due.stream().map(Task::id).filter(chosen).toArray();
    if (ids.length > 0) {
      try (PreparedStatement update = connection.prepareStatement(sql)) {
        update.setArray(1, connection.createArrayOf("uuid", ids));
        update.executeUpdate();
      }
    }
  }
}
