package io.taskfleet.worker.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.StatusJson;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Tasks that are nobody's, done as real ones are: encoded and decoded, attempted on virtual
 * threads, written in groups, and turned into statuses and events. Without it the first seconds of
 * a worker are slow, and its just-in-time compilers take the time of those who wait.
 */
public final class WarmUp {
  private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
  private static final int GROUP = 64;
  private static final int PATIENCE_MILLIS = 5_000;
  private static final TaskType<Nothing> TYPE = new TaskType<>("warm-up", Nothing.class);

  /** Stands before the real one in one transaction, and is gone with it. */
  private static final String TABLE =
      "create temporary table task (like task including all) on commit drop";

  private final DataSource database;
  private final TaskTable tasks;
  private final Attempts<Nothing> attempts;
  private final StatusJson statuses = new StatusJson();
  private final Clock clock;

  /** A warm-up of this worker. */
  public WarmUp(
      DataSource database, PayloadReader payloads, FailureClassifier classifier, Clock clock) {
    this.database = database;
    this.tasks = new TaskTable(database, "warm-up");
    this.clock = clock;
    this.attempts =
        new Attempts<>(
            new Handler(),
            new KnownTypes(payloads, List.of(TYPE)),
            classifier,
            new RunningWatch(_ -> {}),
            Duration.ofSeconds(1),
            new Telemetry(new AttemptMeters(new SimpleMeterRegistry(), TYPE.name()), Tracing.NONE));
  }

  record Nothing(int number) implements Payload {}

  private static final class Handler implements TaskHandler<Nothing> {
    @Override
    public TaskType<Nothing> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Nothing payload, TaskContext context) {
      return HandlerResult.of(payload);
    }
  }

  /** Goes on for this long; answers how many tasks were done. Never throws. */
  public int run(Duration length) {
    if (!length.isPositive()) {
      return 0;
    }
    long began = System.nanoTime();
    int done = 0;
    try (Connection connection = unpooled().getConnection();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      connection.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(TABLE);
      }
      while (System.nanoTime() - began < length.toNanos()) {
        done += group(connection, threads, done);
      }
      connection.rollback();
      log.info("warmed up with {} tasks in {}", done, length);
    } catch (SQLException | ExecutionException | RuntimeException e) {
      log.warn("not warmed up, the first tasks are slow: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return done;
  }

  /** A connection of a pool would come back to it with the names of the temporary table in it. */
  private DataSource unpooled() {
    SimpleDriverDataSource own =
        DataSourceBuilder.derivedFrom(database).type(SimpleDriverDataSource.class).build();
    if (database instanceof HikariDataSource pool) {
      own.setConnectionProperties(pool.getDataSourceProperties());
    }
    return own;
  }

  private int group(Connection connection, ExecutorService threads, int first)
      throws SQLException, ExecutionException, InterruptedException {
    List<Callable<Entry>> deliveries = new ArrayList<>(GROUP);
    for (int number = first; number < first + GROUP; number++) {
      ConsumerRecord<byte[], byte @Nullable []> record = record(number);
      deliveries.add(() -> entry(record));
    }
    List<Entry> entries = new ArrayList<>(GROUP);
    for (Future<Entry> each : threads.invokeAll(deliveries)) {
      entries.add(each.get());
    }
    // As the ledger does: nearly all rows are new.
    Set<UUID> written =
        first / GROUP % 4 == 3
            ? tasks.write(connection, entries)
            : tasks.insert(connection, entries);
    for (Entry entry : entries) {
      byte[] status = statuses.write(entry.status()).withoutBodies();
      EventCodec.encode(
          entry.task().id(),
          entry.state(),
          status,
          entry.task().delivery(),
          entry.outcome().endedAt());
    }
    return written.size();
  }

  private ConsumerRecord<byte[], byte @Nullable []> record(int number) {
    Instant now = clock.instant();
    Task task =
        Task.submitted(
            TaskIds.next(clock),
            Task.DEFAULT_TENANT,
            TYPE,
            new Task.Submission(
                Priority.NORMAL,
                "key " + number,
                "{\"number\":%d}".formatted(number).getBytes(UTF_8),
                Task.Options.NONE),
            now,
            null);
    ProducerRecord<byte[], byte[]> sent = TaskCodec.encode(task);
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        number,
        now.toEpochMilli(),
        TimestampType.CREATE_TIME,
        sent.key().length,
        sent.value().length,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  private Entry entry(ConsumerRecord<byte[], byte @Nullable []> record) {
    Decoded decoded = TaskCodec.decode(record, TYPE.name(), TYPE.name());
    Instant startedAt = clock.instant();
    if (decoded instanceof Decoded.Accepted(Task task)
        && attempts.make(task, 1, startedAt)
            instanceof Outcome.Completed(var result, var effects)) {
      Ending ending = new Ending(1, null, startedAt, clock.instant());
      return new Entry(record, task, null, ending.succeeded(result, effects), new Unread());
    }
    throw new IllegalStateException("a task made here cannot be done: " + decoded);
  }

  private static final class Unread implements Entry.Receipt {
    @Override
    public void finished() {}

    @Override
    public void conflicted() {}
  }
}
