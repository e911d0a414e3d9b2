package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.timer.TimerFixture;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Groups of outcomes on a real Postgres, with what follows them. */
class LedgerIT {
  private static final String TYPE = "ledger";
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("ledger"));
  private static final RedisClient REDIS = RedisClient.create(SharedLocalStack.get().redisUri());
  private static final StatusCache CACHE = new StatusCache(REDIS, Duration.ofHours(1));

  private final Clock clock = Clock.systemUTC();
  private Ledger ledger = ledger();

  @BeforeAll
  static void prepare() {
    FLEET.createTopics(TYPE);
    // A sequence counts what is rolled back, too.
    FLEET.database.sql("create sequence statements").update();
    FLEET
        .database
        .sql(
            "create function count_statement() returns trigger language plpgsql as"
                + " $$ begin perform nextval('statements'); return null; end $$")
        .update();
    FLEET
        .database
        .sql(
            "create trigger counted before insert on task"
                + " for each statement execute function count_statement()")
        .update();
  }

  @AfterEach
  void drain() throws InterruptedException {
    ledger.drain(Duration.ofSeconds(10));
  }

  @AfterAll
  static void close() throws Exception {
    CACHE.close();
    REDIS.shutdown();
    FLEET.close();
  }

  @Test
  void recordsAGroupOfNewTasks() throws Exception {
    List<UUID> ids = newIds(20);

    List<Told> told = recordInOneGroup(ids.stream().map(id -> entry(id, 1, "{}", "1")).toList());

    assertThat(told).containsOnly(Told.FINISHED);
    assertThat(results(ids)).hasSize(20).containsOnly("1");
    assertThat(ledger.fenced()).isZero();
  }

  @Test
  void recordsTheNewTasksOfAGroupInWhichOneIsADuplicate() throws Exception {
    List<UUID> ids = newIds(20);
    recordInOneGroup(List.of(entry(ids.get(7), 1, "{}", "1")));

    List<Told> told = recordInOneGroup(ids.stream().map(id -> entry(id, 2, "{}", "2")).toList());

    assertThat(told).containsOnly(Told.FINISHED);
    assertThat(ledger.fenced()).isOne();
    assertThat(results(ids.subList(7, 8))).containsExactly("1");
    assertThat(results(ids)).hasSize(20);
  }

  @Test
  void followsARecordThatComesAgainWithWhatWasRecordedFirst() throws Exception {
    UUID id = newIds(1).getFirst();
    Entry first = entry(id, 1, "{}", "1");
    recordInOneGroup(List.of(first));

    List<Told> told = recordInOneGroup(List.of(again(first)));

    assertThat(told).containsExactly(Told.FINISHED);
    assertThat(ledger.fenced()).isZero();
    assertThat(results(List.of(id))).containsExactly("1");
  }

  @Test
  void refusesAnotherPayloadUnderARecordedId() throws Exception {
    List<UUID> ids = newIds(2);
    recordInOneGroup(List.of(entry(ids.getFirst(), 1, "{}", "1")));

    List<Told> told =
        recordInOneGroup(
            List.of(entry(ids.getFirst(), 2, "[]", "2"), entry(ids.getLast(), 3, "{}", "2")));

    assertThat(told).containsExactly(Told.CONFLICTED, Told.FINISHED);
    assertThat(results(ids)).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void takesNothingForNewForAWhileAfterADuplicate() throws Exception {
    UUID id = newIds(1).getFirst();

    long forNew = statementsFor(() -> recordInOneGroup(List.of(entry(id, 1, "{}", "1"))));
    long forDuplicate = statementsFor(() -> recordTogether(List.of(entry(id, 2, "{}", "2"))));
    long forNextDuplicate = statementsFor(() -> recordTogether(List.of(entry(id, 3, "{}", "3"))));

    assertThat(List.of(forNew, forDuplicate, forNextDuplicate)).containsExactly(1L, 2L, 1L);
    assertThat(ledger.fenced()).isEqualTo(2);
  }

  private static long statementsFor(Callable<?> recording) throws Exception {
    long before = statements();
    recording.call();
    return statements() - before - 1;
  }

  private static long statements() {
    return FLEET.database.sql("select nextval('statements')").query(Long.class).single();
  }

  private enum Told {
    FINISHED,
    CONFLICTED
  }

  /** What has arrived before the ledger starts is one group. */
  private List<Told> recordInOneGroup(List<Entry> entries) throws Exception {
    drain();
    ledger = ledger();
    entries.forEach(ledger::submit);
    ledger.start();
    return told(entries);
  }

  private List<Told> recordTogether(List<Entry> entries) throws Exception {
    entries.forEach(ledger::submit);
    return told(entries);
  }

  private static List<Told> told(List<Entry> entries) {
    return entries.stream()
        .map(entry -> ((Receipt) entry.receipt()).told.orTimeout(20, TimeUnit.SECONDS).join())
        .toList();
  }

  private static Ledger ledger() {
    return new Ledger(
        FLEET.dataSource,
        new TaskTable(FLEET.dataSource, "test"),
        new Aftermath(FLEET.producer, CACHE),
        new LedgerMeters(new SimpleMeterRegistry(), Clock.systemUTC()),
        "test");
  }

  private List<UUID> newIds(int count) {
    return IntStream.range(0, count).mapToObj(_ -> TaskIds.next(clock)).toList();
  }

  private static List<@Nullable String> results(List<UUID> ids) {
    return FLEET
        .database
        .sql("select result from task where id in (:ids)")
        .param("ids", ids)
        .query(String.class)
        .list();
  }

  private static final class Receipt implements Entry.Receipt {
    final CompletableFuture<Told> told = new CompletableFuture<>();

    @Override
    public void finished() {
      told.complete(Told.FINISHED);
    }

    @Override
    public void conflicted() {
      told.complete(Told.CONFLICTED);
    }
  }

  private static Entry again(Entry first) {
    return new Entry(first.record(), first.task(), null, first.outcome(), new Receipt());
  }

  private static Entry entry(UUID id, long offset, String payload, String result) {
    byte[] body = payload.getBytes(UTF_8);
    Instant now = Instant.now();
    return new Entry(
        new ConsumerRecord<>("taskfleet." + TYPE, 0, offset, new byte[0], body),
        new Task(
            id,
            Task.DEFAULT_TENANT,
            TYPE,
            Priority.NORMAL,
            id.toString(),
            body,
            now,
            Task.Options.NONE,
            null,
            null,
            1),
        null,
        new Entry.Outcome(
            TaskState.SUCCEEDED,
            1,
            new RawJson(result.getBytes(UTF_8)),
            null,
            null,
            null,
            now,
            now,
            List.of()),
        new Receipt());
  }
}
