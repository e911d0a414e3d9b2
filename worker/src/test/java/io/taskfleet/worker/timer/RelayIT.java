package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What relays publish, and when. */
class RelayIT {
  private static final Logger log = LoggerFactory.getLogger(RelayIT.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BACKLOG = 20_000;
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("relay"));

  private final List<Relay> relays = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Relay relay : relays) {
      relay.drain(Duration.ofSeconds(20));
    }
    FLEET.database.sql("delete from schedule").update();
    FLEET.database.sql("delete from task").update();
  }

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void oneRelayPublishesThousandsASecond() {
    FLEET.createTopics("rate");
    // What the planner knows is from a time when there was nothing to do.
    FLEET.database.sql("analyze task").update();
    FLEET.insertDue("rate", 5_000, Duration.ZERO);
    Relay relay = startRelay(FLEET.dataSource);
    awaitQueued("rate", 5_000);
    assertThat(relay.hasDied()).isFalse();

    long start = System.nanoTime();
    FLEET.insertDue("rate", 20_000, Duration.ZERO);
    long inserted = System.nanoTime();
    awaitQueued("rate", 25_000);

    long perSecond = 20_000_000_000_000L / (System.nanoTime() - inserted);
    log.info(
        "20,000 due tasks published and marked: {}/s ({} ms to insert them)",
        perSecond,
        (inserted - start) / 1_000_000);
    assertThat(perSecond).isGreaterThan(2_000);
    assertThat(FLEET.records("rate").stream().map(TimerFixture::id).distinct()).hasSize(25_000);
  }

  @Test
  void publishesEveryTaskSoonAfterItIsDue() {
    assertSoon(this::lateAfterDue);
  }

  @Test
  void publishesUrgentTasksSoonAfterTheyAreDueThoughManyOfTheirTypeWait() {
    assertSoon(this::lateBehindABacklog);
  }

  private List<Long> lateBehindABacklog(int round) {
    String type = "behind" + round;
    FLEET.createTopics(type);
    FLEET.database.sql("analyze task").update();
    FLEET.insertDue(type, Priority.BULK, BACKLOG, Duration.ZERO);
    startRelay(FLEET.dataSource);
    await().atMost(PATIENCE).until(() -> queued(type) > 0);

    FLEET.insertDue(type, Priority.HIGH, 50, Duration.ofMillis(500));
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(PATIENCE)
        .until(() -> queued(type, Priority.HIGH) == 50);
    long waiting = BACKLOG - queued(type, Priority.BULK);

    List<Long> late = lateness(type, Priority.HIGH);
    log.info(
        "urgent tasks published after they were due: p50 {} ms, max {} ms; {} of {} bulk ones wait",
        late.get(25),
        late.getLast(),
        waiting,
        BACKLOG);
    assertThat(waiting).as("bulk tasks that wait").isPositive();
    return late;
  }

  @Test
  void aFloodOfUrgentTasksDoesNotStarveTheOthersOfTheirType() {
    FLEET.createTopics("flood");
    FLEET.insertDue("flood", Priority.HIGH, BACKLOG, Duration.ZERO);
    FLEET.insertDue("flood", Priority.NORMAL, 1, Duration.ZERO);
    FLEET.insertDue("flood", Priority.BULK, 1, Duration.ZERO);

    startRelay(FLEET.dataSource);

    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(PATIENCE)
        .until(() -> queued("flood", Priority.NORMAL) == 1 && queued("flood", Priority.BULK) == 1);
    long waiting = BACKLOG - queued("flood", Priority.HIGH);
    log.info("the others went out while {} of {} urgent tasks waited", waiting, BACKLOG);
    assertThat(waiting).isPositive();
  }

  @Test
  void publishesUrgentTasksThoughLargeOnesFillWhatMayBeUnderWay() {
    FLEET.createTopics("urgent");
    FLEET.insertDue("large", Priority.BULK, 100, Duration.ZERO);
    FLEET
        .database
        .sql("update task set payload = json_build_object('text', repeat('x', 200000))")
        .update();
    startRelay(FLEET.dataSource);
    String leased = "select count(*) from task where due_at > now()";
    await().atMost(PATIENCE).until(() -> FLEET.count(leased) > 50);

    FLEET.insertDue("urgent", Priority.HIGH, 10, Duration.ZERO);

    await()
        .atMost(Duration.ofSeconds(3))
        .untilAsserted(() -> assertThat(queued("urgent")).isEqualTo(10));
    assertThat(queued("large")).isZero();
    FLEET.createTopics("large");
    awaitQueued("large", 100);
  }

  /** A machine may stand still for a moment; a relay that is late is so each time. */
  private static void assertSoon(IntFunction<List<Long>> lateness) {
    List<Long> late = lateness.apply(1);
    for (int round = 2; round <= 3 && late.getLast() >= 1_000; round++) {
      late = lateness.apply(round);
    }
    assertThat(late.getFirst()).as("early").isGreaterThanOrEqualTo(-1);
    assertThat(late.getLast()).as("late").isLessThan(1_000);
  }

  private List<Long> lateAfterDue(int round) {
    String type = "soon" + round;
    FLEET.createTopics(type);
    FLEET.insertDue(type, 300, Duration.ofSeconds(3));
    startRelay(FLEET.dataSource);
    awaitQueued(type, 300);

    List<Long> late = lateness(type, Priority.NORMAL);
    log.info("published after they were due: p50 {} ms, p99 {} ms", late.get(150), late.get(296));
    return late;
  }

  /** How long after its due time each was published, in milliseconds, from the least on. */
  private static List<Long> lateness(String type, Priority priority) {
    Map<UUID, Long> published =
        FLEET.records(type, priority).stream()
            .collect(Collectors.toMap(TimerFixture::id, ConsumerRecord::timestamp, Math::min));
    return FLEET
        .database
        .sql("select id, run_at from task where type = ? and priority = ?")
        .params(type, priority.label())
        .query(
            (row, _) ->
                Objects.requireNonNull(published.get(row.getObject("id", UUID.class)))
                    - row.getTimestamp("run_at").getTime())
        .list()
        .stream()
        .sorted()
        .toList();
  }

  @Test
  void severalRelaysOfWhichSomeDiePublishEverythingUnderOneNumber() {
    FLEET.createTopics("several");
    FLEET.insertDue("several", 6_000, Duration.ofMillis(500));

    startRelay(dyingAfter(4));
    startRelay(dyingAfter(9));
    startRelay(FLEET.dataSource);
    startRelay(FLEET.dataSource);

    awaitQueued("several", 6_000);
    List<ConsumerRecord<byte[], byte[]>> records = FLEET.records("several");
    assertThat(records.stream().map(TimerFixture::id).distinct()).hasSize(6_000);
    assertThat(records.stream().map(TimerFixture::delivery).distinct()).containsExactly(2);
    log.info("{} records for 6,000 tasks, two of four relays died", records.size());
  }

  /** A connection pool that is gone for good after so many transactions. */
  private static DataSource dyingAfter(int connections) {
    AtomicInteger left = new AtomicInteger(connections);
    return new DelegatingDataSource(FLEET.dataSource) {
      @Override
      public Connection getConnection() throws SQLException {
        if (left.getAndDecrement() <= 0) {
          throw new SQLException("this worker is dead");
        }
        return super.getConnection();
      }
    };
  }

  @Test
  void aTypeWithoutATopicHoldsUpNoOther() {
    FLEET.createTopics("present");
    FLEET.insertDue("missing", 3_000, Duration.ZERO);
    startRelay(FLEET.dataSource);
    FLEET.insertDue("present", 2_000, Duration.ZERO);

    await()
        .atMost(Duration.ofSeconds(4))
        .untilAsserted(() -> assertThat(queued("present")).isEqualTo(2_000));

    FLEET.createTopics("missing");
    awaitQueued("missing", 3_000);
  }

  @Test
  void aRecordThatKafkaRefusesHoldsUpNoOtherAndIsKept() {
    FLEET.createTopics("refused");
    FLEET.insertDue("refused", 100, Duration.ofMillis(100));
    FLEET
        .database
        .sql(
            """
            update task set payload = json_build_object('text', repeat('x', 2000000))
             where id = (select id from task where due_at = (select min(due_at) from task))
            """)
        .update();

    startRelay(FLEET.dataSource);

    awaitQueued("refused", 99);
    assertThat(
            FLEET.count(
                "select count(*) from task where state = 'retrying' and due_at is not null"))
        .isEqualTo(1);
  }

  @Test
  void publishesFollowUpTasksThatHaveNeverBeenARecord() {
    FLEET.createTopics("follow");
    FLEET.insertDue("follow", 10, Duration.ZERO);
    FLEET
        .database
        .sql("update task set state = 'scheduled', delivery = 0, attempt = 0, run_at = now()")
        .update();

    startRelay(FLEET.dataSource);

    awaitQueued("follow", 10);
    assertThat(FLEET.records("follow").stream().map(TimerFixture::delivery))
        .hasSize(10)
        .containsOnly(1);
  }

  @Test
  void publishesTheTasksOfSchedulesSoonAfterTheyAreDue() {
    assertSoon(this::lateAfterFiring);
  }

  private List<Long> lateAfterFiring(int round) {
    String type = "fired" + round;
    FLEET.createTopics(type);
    FLEET
        .database
        .sql(
            """
            insert into schedule (id, tenant, name, every_ms, catch_up, enabled, type, priority,
                payload, created_at, updated_at, next_fire_at)
            select gen_random_uuid(), 'default', :type || i, 1000, 'skip', true, :type, 'normal',
                '{}', now(), now(), now() + i * interval '1 second' / 20
              from generate_series(1, 20) as i
            """)
        .param("type", type)
        .update();

    startRelay(FLEET.dataSource);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(queued(type)).isGreaterThanOrEqualTo(60));
    FLEET.database.sql("update schedule set enabled = false, next_fire_at = null").update();
    List<Long> late =
        FLEET
            .database
            .sql(
                "select (extract(epoch from created_at - run_at) * 1000)::bigint from task"
                    + " where type = ? order by 1")
            .param(type)
            .query(Long.class)
            .list();
    log.info("fired after they were due: p50 {} ms, max {} ms", late.get(30), late.getLast());
    return late;
  }

  @Test
  void drainsBeforeItStartedAndTwice() throws Exception {
    Relay relay = relay(FLEET.dataSource);

    relay.drain(Duration.ofSeconds(1));
    relay.start();

    assertThat(relay.drain(Duration.ofSeconds(5))).isTrue();
    assertThat(relay.drain(Duration.ofSeconds(5))).isTrue();
  }

  private Relay startRelay(DataSource dataSource) {
    Relay relay = relay(dataSource);
    relays.add(relay);
    relay.start();
    return relay;
  }

  private static Relay relay(DataSource dataSource) {
    return new Relay(
        dataSource, FLEET.producer, ScheduleFixture.schedules(dataSource), INTERVAL, LEASE);
  }

  private static long queued(String type) {
    return FLEET.count(
        "select count(*) from task where type = ? and state = 'queued' and due_at is null", type);
  }

  private static long queued(String type, Priority priority) {
    return FLEET.count(
        "select count(*) from task where type = ? and priority = ? and state = 'queued'"
            + " and due_at is null",
        type,
        priority.label());
  }

  private static void awaitQueued(String type, long count) {
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(queued(type)).isEqualTo(count));
  }
}
