package io.taskfleet.worker.consume;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.worker.Groundwork;
import io.taskfleet.worker.analytics.AnalyticsHandler;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.failure.Backoff;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.DatabaseClock;
import io.taskfleet.worker.fleet.QueueControl;
import io.taskfleet.worker.fleet.RedisLink;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.ledger.Aftermath;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outcome.Conclusion;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.quarantine.CrashLedger;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import io.taskfleet.worker.topic.TopicIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Makes flows with everything around them but a poll loop, and with a ledger that is never started:
 * what a flow starts and concludes ends nowhere, and a test says what comes back, and when.
 */
final class FlowFixture implements AutoCloseable {
  private static final Duration ONE_DAY = Duration.ofDays(1);

  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final RedisClient redis;
  private final RedisLink link;
  private final StatusCache cache;
  private final PayloadReader payloads = new PayloadReader();
  private final HikariDataSource database;
  private final TopicIds topicIds;

  FlowFixture(LocalStack stack, String jdbcUrl) {
    Map<String, Object> kafka = Map.of("bootstrap.servers", stack.kafkaBootstrap());
    admin = Admin.create(kafka);
    producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    RedisURI address = RedisURI.create(stack.redisUri());
    redis = RedisClient.create(address);
    link = new RedisLink(redis.getResources(), address, Duration.ofSeconds(1));
    cache = new StatusCache(redis, Duration.ofHours(1));
    database =
        DataSourceBuilder.create()
            .type(HikariDataSource.class)
            .url(jdbcUrl)
            .username(stack.jdbcUser())
            .password(stack.jdbcPassword())
            .build();
    topicIds = new TopicIds(admin);
    Groundwork.createTables(JdbcClient.create(database));
    Groundwork.createTopics(stack.kafkaBootstrap(), 1, FlowRecords.TYPE.name());
  }

  /** A flow in which nothing is in flight. */
  HandFedFlow flow(int concurrency, int maxInFlight) {
    return flow(concurrency, maxInFlight, 0, () -> QueueControl.NONE);
  }

  /**
   * The same with partitions that had another owner before.
   *
   * @param suspects how many records of each partition that owner may have started
   */
  HandFedFlow flow(
      int concurrency, int maxInFlight, int suspects, Supplier<QueueControl> controls) {
    return flow(
        concurrency, maxInFlight, suspects, controls, Intake.Knowing.REPEATED, Runnable::run);
  }

  /** The same for tasks that Postgres is asked about in this way. */
  HandFedFlow flow(
      int concurrency,
      int maxInFlight,
      int suspects,
      Supplier<QueueControl> controls,
      Intake.Knowing knowing,
      Executor asking) {
    return flow(concurrency, maxInFlight, suspects, controls, knowing, asking, database);
  }

  /** A flow whose questions nobody answers. */
  HandFedFlow flowWithoutPostgres(int maxInFlight, Executor asking) {
    return flow(
        8,
        maxInFlight,
        0,
        () -> QueueControl.NONE,
        Intake.Knowing.ALL,
        asking,
        new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/none"));
  }

  private HandFedFlow flow(
      int concurrency,
      int maxInFlight,
      int suspects,
      Supplier<QueueControl> controls,
      Intake.Knowing knowing,
      Executor asking,
      DataSource asked) {
    TypeSettings settings =
        new TypeSettings(
            Ordering.KEY,
            concurrency,
            Duration.ofSeconds(20),
            maxInFlight,
            Long.MAX_VALUE,
            Map.of(Priority.HIGH, 6, Priority.NORMAL, 3, Priority.BULK, 1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));
    Clock clock = Clock.systemUTC();
    TaskTable tasks = new TaskTable(database, "flow");
    Inbox inbox = new Inbox();
    Flow flow =
        new Flow(
            settings,
            Gate.OPEN,
            controls,
            new Intake(
                FlowRecords.TYPE.name(), knowing, new TaskTable(asked, "flow"), topicIds, clock),
            dispatch(tasks, clock),
            inbox,
            asking,
            new Engine.Surroundings(
                tasks,
                new CrashLedger(database),
                new Controls(database, List.of(), Duration.ofHours(1), new DatabaseClock(clock)),
                new Caps("flow", link, List::of, Duration.ofSeconds(5), Duration.ofSeconds(1)),
                admin,
                clock));
    return new HandFedFlow(flow, inbox, suspects);
  }

  /** As a ledger would have recorded it. */
  void recordSucceeded(InFlight taken) throws SQLException {
    Instant now = Instant.now();
    record(taken, new Ending(1, null, now, now).succeeded(null, List.of()));
  }

  /** As a gateway would have, at its caller's wish. */
  void recordCancelled(InFlight taken) throws SQLException {
    record(taken, new Ending(0, null, null, Instant.now()).cancelled());
    JdbcClient.create(database)
        .sql(
            "update task set source_topic = null, source_partition = null, source_offset = null"
                + " where id = ?")
        .param(idOf(taken))
        .update();
  }

  static UUID idOf(InFlight taken) {
    return decoded(taken).id();
  }

  private static Task decoded(InFlight taken) {
    return ((Decoded.Accepted) TaskCodec.decode(taken.record, FlowRecords.TYPE.name(), "unused"))
        .task();
  }

  private void record(InFlight taken, Entry.Outcome outcome) throws SQLException {
    Task task = decoded(taken);
    Entry entry =
        new Entry(
            taken.record,
            task,
            null,
            outcome,
            new Entry.Receipt() {
              @Override
              public void finished() {}

              @Override
              public void conflicted() {}
            });
    try (Connection connection = database.getConnection()) {
      var _ = new TaskTable(database, "flow").insert(connection, List.of(entry));
    }
  }

  /** As workers would leave it that went down while these were under way. */
  void crash(List<ConsumerRecord<byte[], byte @Nullable []>> underway) throws SQLException {
    var _ = new CrashLedger(database).begin(underway);
  }

  private Dispatch dispatch(TaskTable tasks, Clock clock) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return new Dispatch(
        new Attempts<>(
            new AnalyticsHandler(),
            new KnownTypes(payloads, List.of()),
            new FailureClassifier(),
            new RunningWatch(_ -> {}),
            Duration.ofSeconds(20),
            new Telemetry(new AttemptMeters(registry, FlowRecords.TYPE.name()), Tracing.NONE)),
        Thread::startVirtualThread,
        new Conclusion(
            new RetryPolicy(3, new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)), ONE_DAY),
            new Random(1)),
        new Ledger(
            database,
            tasks,
            new Aftermath(producer, cache),
            new LedgerMeters(registry, clock),
            "flow"),
        new Inbox(),
        clock);
  }

  /** What pauses the keys that begin so. */
  static QueueControl pausingKeys(String prefix) {
    return new QueueControl(false, null, Map.of(), Set.of(), List.of(prefix), List.of());
  }

  static KafkaConsumer<byte[], byte[]> unconnected() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", "127.0.0.1:1"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    cache.close();
    link.close();
    redis.shutdown();
    payloads.close();
    database.close();
    producer.close(Duration.ofSeconds(5));
    admin.close(Duration.ofSeconds(5));
  }
}
