package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.timer.TimerFixture;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the ledger does when Postgres refuses, is held up, or has been told otherwise. */
class LedgerFaultsIT {
  private static final String TYPE = "ledgerfaults";
  private static final String NAME = "ledger-under-test";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final String URL = SharedLocalStack.createDatabase("ledger_faults");
  private static final TimerFixture FLEET = new TimerFixture(STACK, URL);
  private static final RedisClient CLIENT = RedisClient.create(STACK.redisUri());
  private static final StatusCache CACHE = new StatusCache(CLIENT, Duration.ofHours(1));
  private static final CommitCutter CUTTER = new CommitCutter(URL);

  private final UUID batch = UUID.randomUUID();
  private final HikariDataSource database = database();
  private final Ledger ledger =
      new Ledger(
          database,
          new TaskTable(database, "test"),
          new Aftermath(FLEET.producer, CACHE),
          new LedgerMeters(new SimpleMeterRegistry(), Clock.systemUTC()),
          "test");

  @BeforeAll
  static void prepare() {
    FLEET.createTopics(TYPE);
    CACHE.start();
  }

  @AfterEach
  void drain() throws InterruptedException {
    ledger.drain(Duration.ofSeconds(10));
    database.close();
  }

  @AfterAll
  static void close() throws Exception {
    CACHE.close();
    CLIENT.shutdown();
    CUTTER.close();
    FLEET.close();
  }

  @Test
  void anAnswerToACommitThatIsLostRepeatsNoEffect() {
    // A driver says COMMIT once to each connection, and then only what number it gave that.
    ledger.start();
    CUTTER.loseNextAnswer();

    record(entries("acme", 20, List.of()));

    assertThat(CUTTER.cuts()).isEqualTo(1);
    assertThat(ended("succeeded")).isEqualTo(20);
    assertThat(ledger.fenced()).isZero();
  }

  @Test
  void outcomesWaitWhilePostgresMayOnlyBeRead() throws SQLException {
    ledger.start();
    setReadOnly(true);
    List<Entry> entries = entries("acme", 20, List.of());
    try {
      entries.forEach(ledger::submit);
      await().atMost(PATIENCE).until(ledger::isStalled);
    } finally {
      setReadOnly(false);
    }

    awaitFinished(entries);
    assertThat(ended("succeeded")).isEqualTo(20);
    assertThat(ledger.isStalled()).isFalse();
  }

  @Test
  void outcomesWaitWhileAnotherHoldsTheTable() throws SQLException {
    ledger.start();
    List<Entry> entries = entries("acme", 20, List.of());
    try (Connection other = FLEET.dataSource.getConnection();
        Statement lock = other.createStatement()) {
      other.setAutoCommit(false);
      lock.execute("lock table task in exclusive mode");
      entries.forEach(ledger::submit);
      await().atMost(PATIENCE).until(ledger::isStalled);
      other.rollback();
    }

    awaitFinished(entries);
    assertThat(ended("succeeded")).isEqualTo(20);
  }

  @Test
  void whatPostgresCannotStoreEndsAsItsOwnTenantsAndInItsBatch() {
    ledger.start();
    Effect unstorable =
        new Effect.EventCounted(
            "tiny", null, new BigDecimal("1e-20000"), null, Instant.parse("2026-01-01T00:00:00Z"));
    Entry bad = entry("acme", 1, List.of(unstorable));

    record(List.of(bad));

    assertThat(
            FLEET
                .database
                .sql("select tenant || ' ' || state || ' ' || error_code from task where id = ?")
                .param(bad.task().id())
                .query(String.class)
                .single())
        .isEqualTo("acme dead FORBIDDEN_CHARACTER");
    assertThat(ended("dead")).isEqualTo(1);
  }

  @Test
  void anothersTaskThatNamesTheBatchKeepsNoEndFromBeingCounted() {
    FLEET.database.sql("insert into batch (id, tenant) values (?, 'acme')").param(batch).update();
    List<Entry> group = new ArrayList<>(entries("acme", 3, List.of()));
    group.add(entry("aaa", 3, List.of()));

    // What has arrived before the ledger starts is one group.
    group.forEach(ledger::submit);
    ledger.start();
    awaitFinished(group);

    assertThat(ended("succeeded")).isEqualTo(3);
  }

  @Test
  void anAttemptAtARecordThatAnotherWorkerHasRecordedIsFenced() {
    ledger.start();
    Entry first = entry("acme", 7, List.of());
    record(List.of(first));

    Entry late = late(first);
    record(List.of(late));

    assertThat(ledger.fenced()).isEqualTo(1);
    assertThat(ended("succeeded")).isEqualTo(1);
    assertThat(
            FLEET
                .database
                .sql("select result from task where id = ?")
                .param(first.task().id())
                .query(String.class)
                .single())
        .isEqualTo("1");
  }

  @Test
  void redisForgetsThatATaskRunsWhichWasCancelled() {
    ledger.start();
    Entry running = entry("acme", 9, List.of());
    try (StatefulRedisConnection<String, String> redis = CLIENT.connect()) {
      String key = RedisKeys.task(running.task().id());
      insertCancelled(running.task());
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                CACHE.announce(TaskStatus.running(running.task(), 1, Instant.now()));
                return redis.sync().exists(key) == 1;
              });

      record(List.of(running));

      await().atMost(PATIENCE).until(() -> redis.sync().exists(key) == 0);
    }
    assertThat(ledger.fenced()).isEqualTo(1);
  }

  private long ended(String how) {
    return FLEET
        .database
        .sql("select %s from batch where id = ? and tenant = 'acme'".formatted(how))
        .param(batch)
        .query(Long.class)
        .single();
  }

  /** As the gateway makes the row of a task that runs for the first time. */
  private static void insertCancelled(Task task) {
    FLEET
        .database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, worker, created_at, finished_at)
            values (?, ?, ?, 'normal', ?, 'cancelled', 0, 0, '{}', ?, 'gateway', now(), now())
            """)
        .params(List.of(task.id(), task.tenant(), task.type(), task.key(), task.payloadHash()))
        .update();
  }

  private static void setReadOnly(boolean readOnly) throws SQLException {
    try (Connection server =
            DriverManager.getConnection(STACK.jdbcUrl(), STACK.jdbcUser(), STACK.jdbcPassword());
        Statement statement = server.createStatement()) {
      String name = URL.replaceFirst(".*/([^/?]+).*", "$1");
      statement.execute(
          "alter database %s set default_transaction_read_only = %s".formatted(name, readOnly));
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '%s'"
              .formatted(NAME));
    }
  }

  /** With the timeouts of a worker, made short. */
  private static HikariDataSource database() {
    HikariDataSource database = new HikariDataSource();
    database.setJdbcUrl(CUTTER.jdbcUrl());
    database.setUsername(STACK.jdbcUser());
    database.setPassword(STACK.jdbcPassword());
    database.addDataSourceProperty("ApplicationName", NAME);
    database.setMaximumPoolSize(2);
    database.setConnectionInitSql("set statement_timeout = '500ms'");
    return database;
  }

  private void record(List<Entry> entries) {
    entries.forEach(ledger::submit);
    awaitFinished(entries);
  }

  private static void awaitFinished(List<Entry> entries) {
    entries.forEach(
        entry ->
            ((Receipt) entry.receipt())
                .finished
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join());
  }

  private List<Entry> entries(String tenant, int count, List<Effect> effects) {
    return IntStream.range(0, count).mapToObj(i -> entry(tenant, i, effects)).toList();
  }

  private Entry entry(String tenant, long offset, List<Effect> effects) {
    UUID id = TaskIds.next(Clock.systemUTC());
    Instant now = Instant.now();
    byte[] payload = "{}".getBytes(UTF_8);
    Task task =
        new Task(
            id,
            tenant,
            TYPE,
            Priority.NORMAL,
            id.toString(),
            payload,
            now,
            Task.Options.NONE,
            null,
            batch,
            1);
    return new Entry(
        new ConsumerRecord<>("taskfleet." + TYPE, 0, offset, new byte[0], payload),
        task,
        null,
        outcome("1", now, effects),
        new Receipt());
  }

  /** Another attempt at the same record, which began a second later. */
  private static Entry late(Entry first) {
    Instant later = first.outcome().endedAt().plusSeconds(1);
    return new Entry(
        first.record(), first.task(), null, outcome("2", later, List.of()), new Receipt());
  }

  private static Entry.Outcome outcome(String result, Instant at, List<Effect> effects) {
    return new Entry.Outcome(
        TaskState.SUCCEEDED,
        1,
        new RawJson(result.getBytes(UTF_8)),
        null,
        null,
        null,
        at,
        at,
        effects);
  }

  private static final class Receipt implements Entry.Receipt {
    final CompletableFuture<Boolean> finished = new CompletableFuture<>();

    @Override
    public void finished() {
      finished.complete(true);
    }

    @Override
    public void conflicted() {
      finished.completeExceptionally(new IllegalStateException("taken for another task"));
    }
  }
}
