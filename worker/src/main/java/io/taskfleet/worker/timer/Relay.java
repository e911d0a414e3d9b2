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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts tasks that are due back on their topics. Any number of relays share the work. */
public final class Relay {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final int BATCH = 500;
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
      } catch (SQLException | RuntimeException | ExecutionException | TimeoutException e) {
        if (!away) {
          log.warn("due tasks wait: {}", e.toString());
        }
        away = true;
      } catch (InterruptedException e) {
        return;
      }
      if (moved < BATCH) {
        LockSupport.parkNanos(interval.toNanos());
      }
    }
  }

  /** Moves one batch and answers how many tasks were in it. */
  private int moveDue()
      throws SQLException, ExecutionException, TimeoutException, InterruptedException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        List<Task> due = claim(connection);
        if (!due.isEmpty()) {
          publish(due);
          mark(connection, due);
        }
        connection.commit();
        return due.size();
      } catch (SQLException
          | RuntimeException
          | ExecutionException
          | TimeoutException
          | InterruptedException e) {
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
      List<Task> due = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          due.add(task(row));
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

  private void publish(List<Task> due)
      throws ExecutionException, TimeoutException, InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>(due.size());
    for (Task task : due) {
      sent.add(producer.send(TaskCodec.encode(task)));
    }
    long until = System.nanoTime() + ACKNOWLEDGED_WITHIN.toNanos();
    for (Future<RecordMetadata> each : sent) {
      each.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  private static void mark(Connection connection, List<Task> due) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(MARK)) {
      update.setArray(1, connection.createArrayOf("uuid", due.stream().map(Task::id).toArray()));
      update.executeUpdate();
    }
  }
}
