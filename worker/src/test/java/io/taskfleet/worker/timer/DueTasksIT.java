package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.TaskCodec;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Claims, leases and marks on a real Postgres; relays that die are relays that are forgotten. */
class DueTasksIT {
  private static final Duration LEASE = Duration.ofMillis(150);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("due"));

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(1, 5), LongStream.of(new Random().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void losesNothingHoweverRelaysCrashAndOutcomesCross(long seed) throws Exception {
    String type = "model" + Long.toHexString(seed);
    FLEET.createTopics(type);
    FLEET.insertDue(type, 40, Duration.ofMillis(100));
    Map<UUID, TreeSet<Integer>> published = new HashMap<>();

    try (KafkaConsumer<byte[], byte[]> consumer = FLEET.consumer(type)) {
      Fleet model = new Fleet(type, new Random(seed), consumer);
      Instant end = Instant.now().plus(PATIENCE);
      while (model.unfinished() > 0) {
        assertThat(Instant.now()).as("seed %d: tasks are stuck", seed).isBefore(end);
        model.step();
      }
    }

    for (ConsumerRecord<byte[], byte[]> record : FLEET.records(type)) {
      published
          .computeIfAbsent(TimerFixture.id(record), _ -> new TreeSet<>())
          .add(TimerFixture.delivery(record));
    }
    assertThat(FLEET.count("select count(*) from task where type = ? and due_at is not null", type))
        .as("seed %d: ended and due", seed)
        .isZero();
    published.forEach(
        (id, deliveries) ->
            assertThat(deliveries)
                .as("seed %d: deliveries of %s", seed, id)
                .containsExactlyElementsOf(
                    IntStream.rangeClosed(2, deliveries.last()).boxed().toList()));
  }

  /** Relays, workers and callers, one step of one of them at a time. */
  private static final class Fleet {
    private final String type;
    private final Random random;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Step> relays = new ArrayList<>(List.of(Step.IDLE, Step.IDLE, Step.IDLE));
    private final List<ConsumerRecord<byte[], byte[]>> inbox = new ArrayList<>();
    private final DueTasks tasks = new DueTasks(FLEET.dataSource, LEASE);

    /** What a relay has in memory, and loses when it dies. */
    private record Step(List<Claim> claimed, List<Claim> published) {
      static final Step IDLE = new Step(List.of(), List.of());
    }

    private record Row(String state, int delivery, Timestamp dueAt) {}

    Fleet(String type, Random random, KafkaConsumer<byte[], byte[]> consumer) {
      this.type = type;
      this.random = random;
      this.consumer = consumer;
    }

    long unfinished() {
      return FLEET.count(
          "select count(*) from task where type = ? and state not in ('succeeded', 'cancelled')",
          type);
    }

    void step() throws Exception {
      int dice = random.nextInt(100);
      if (dice < 60) {
        int relay = random.nextInt(relays.size());
        relays.set(relay, random.nextInt(7) == 0 ? Step.IDLE : next(relays.get(relay)));
      } else if (dice < 98) {
        work();
      } else {
        cancel();
      }
    }

    private Step next(Step step) throws Exception {
      if (step.claimed.isEmpty()) {
        return new Step(claim(), List.of());
      }
      if (step.published.isEmpty()) {
        List<Claim> some = step.claimed.stream().filter(_ -> random.nextInt(8) > 0).toList();
        for (Claim claim : some) {
          FLEET.producer.send(TaskCodec.encode(claim.task())).get();
        }
        return some.isEmpty() ? Step.IDLE : new Step(step.claimed, some);
      }
      settle(step);
      return Step.IDLE;
    }

    private List<Claim> claim() throws SQLException {
      return tasks.claim(1 + random.nextInt(10), 1 << 20, Set.of()).stream()
          .filter(claim -> claim.task().type().equals(type))
          .toList();
    }

    /** What has been touched since the claim must be left as it is. */
    private void settle(Step step) throws SQLException {
      Map<UUID, Row> touched = new HashMap<>();
      for (Claim claim : step.claimed) {
        Row row = row(claim.task().id());
        boolean untouched =
            row.delivery == claim.recordedDelivery()
                && claim.lease().equals(row.dueAt == null ? null : row.dueAt.toInstant())
                && !row.state.equals("cancelled");
        if (!untouched) {
          touched.put(claim.task().id(), row);
        }
      }
      List<Claim> rest =
          step.claimed.stream().filter(claim -> !step.published.contains(claim)).toList();

      tasks.settle(step.published, random.nextBoolean() ? rest : List.of());

      touched.forEach(
          (id, row) -> assertThat(row(id)).as("%s: %s was touched", type, id).isEqualTo(row));
    }

    private static Row row(UUID id) {
      return FLEET
          .database
          .sql("select state, delivery, due_at from task where id = ?")
          .param(id)
          .query(
              (row, _) ->
                  new Row(
                      Objects.requireNonNull(row.getString(1)), row.getInt(2), row.getTimestamp(3)))
          .single();
    }

    /** As the ledger writes: only what is newer than the row, and never over an end. */
    private void work() {
      consumer.poll(Duration.ZERO).forEach(inbox::add);
      if (inbox.isEmpty()) {
        return;
      }
      int chosen = random.nextInt(inbox.size());
      ConsumerRecord<byte[], byte[]> record =
          random.nextInt(5) == 0 ? inbox.get(chosen) : inbox.remove(chosen);
      boolean retry = random.nextBoolean();
      FLEET
          .database
          .sql(
              """
              update task set delivery = :delivery, state = :state,
                  due_at = case when :retry then now() + make_interval(secs => :wait) end
               where id = :id and delivery < :delivery
                 and state not in ('succeeded', 'cancelled')
              """)
          .param("delivery", TimerFixture.delivery(record))
          .param("state", retry ? "retrying" : "succeeded")
          .param("retry", retry)
          .param("wait", random.nextInt(100) / 1_000.0)
          .param("id", TimerFixture.id(record))
          .update();
    }

    private void cancel() {
      FLEET
          .database
          .sql(
              """
              update task set state = 'cancelled', due_at = null
               where id = (select id from task where type = ? and state <> 'succeeded' limit 1)
              """)
          .param(type)
          .update();
    }
  }

  @Test
  void claimsInTheOrderOfDueTimeAndThenOfSubmission() throws Exception {
    FLEET.insertDue("order", 50, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set due_at = now() - interval '1 minute' * (random() * 3)::int,
                created_at = now() - interval '1 second' * (random() * 1000)::int
             where type = 'order'
            """)
        .update();
    List<UUID> expected =
        FLEET
            .database
            .sql("select id from task where type = 'order' order by due_at, created_at, id")
            .query(UUID.class)
            .list();

    List<Claim> claims = claims("order", 50);

    assertThat(claims)
        .isSortedAccordingTo(
            Comparator.comparing(Claim::dueAt).thenComparing(claim -> claim.task().createdAt()))
        .extracting(claim -> claim.task().id())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void claimsNoMoreThanItsBoundsAndNothingOfTheTypesLeftOut() throws Exception {
    FLEET.insertDue("bounded", 20, Duration.ZERO);

    List<Claim> byCount = claims("bounded", 5);
    List<Claim> byBytes = claims("bounded", 100, 100);
    List<Claim> leftOut =
        new DueTasks(FLEET.dataSource, Duration.ZERO).claim(100, 1 << 20, Set.of("bounded"));

    assertThat(byCount).hasSize(5);
    assertThat(byBytes).hasSize(2);
    assertThat(leftOut).noneMatch(claim -> claim.task().type().equals("bounded"));
    assertThat(claims("bounded", 100)).hasSize(13);
  }

  @Test
  void doesNotWalkThroughTheBacklogOfATypeLeftOut() throws Exception {
    FLEET.insertDue("open", 3, Duration.ZERO);
    FLEET.insertDue("backlog", 10_000, Duration.ZERO);
    FLEET
        .database
        .sql("update task set due_at = due_at - interval '1 hour' where type = 'backlog'")
        .update();
    FLEET.database.sql("analyze task").update();
    Set<String> others = new HashSet<>(typesBut("open"));

    List<Claim> claims = new ArrayList<>();
    long read =
        FLEET.rowsRead(
            database -> claims.addAll(new DueTasks(database, LEASE).claim(500, 1 << 20, others)));

    assertThat(claims).hasSize(3);
    assertThat(read).isLessThan(100);
    FLEET.database.sql("delete from task where type in ('open', 'backlog')").update();
  }

  @Test
  void aBacklogOfOneTypeDelaysNoOther() throws Exception {
    FLEET.insertDue("many", 2_000, Duration.ZERO);
    FLEET.insertDue("few", 3, Duration.ZERO);
    Set<String> others = new HashSet<>(typesBut("many"));
    others.remove("few");

    List<Claim> claims = new DueTasks(FLEET.dataSource, LEASE).claim(100, 1 << 20, others);

    assertThat(claims).hasSize(53);
    assertThat(claims).filteredOn(claim -> claim.task().type().equals("few")).hasSize(3);
    FLEET.database.sql("delete from task where type in ('many', 'few')").update();
  }

  @Test
  void aRowThatCannotBeReadIsLeftToItsLeaseAndHoldsUpNoOther() throws Exception {
    FLEET.insertDue("garbage", 3, Duration.ZERO);
    FLEET
        .database
        .sql(
            "update task set priority = 'urgent'"
                + " where id = (select id from task where type = 'garbage' order by due_at limit 1)")
        .update();

    assertThat(claims("garbage", 3)).hasSize(2);
    assertThat(claims("garbage", 3)).isEmpty();
    assertThat(
            FLEET.count(
                "select count(*) from task where type = 'garbage' and priority = 'urgent'"
                    + " and due_at > now() and state = 'retrying'"))
        .isEqualTo(1);
  }

  @Test
  void neverTouchesATaskThatHasEnded() throws Exception {
    FLEET.insertDue("ended", 2, Duration.ZERO);
    List<Claim> claims = claims("ended", 1);
    FLEET.database.sql("update task set state = 'cancelled' where type = 'ended'").update();

    new DueTasks(FLEET.dataSource, LEASE).settle(claims, List.of());

    assertThat(claims("ended", 2)).isEmpty();
    assertThat(
            FLEET.count("select count(*) from task where type = 'ended' and state = 'cancelled'"))
        .isEqualTo(2);
  }

  @Test
  void releasesTheFirstParkedTaskOfAKeyWhenNoEarlierOneIsUnfinished() throws Exception {
    FLEET.insertDue("parked", 6, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = parked.state, due_at = null, key_position = parked.place,
                ordering_key = parked.key
              from (select id, row_number() over (order by id) as n from task where type = 'parked')
                     as task_n
              join (values (1, 'free', 1, 'succeeded'), (2, 'free', 2, 'deferred'),
                           (3, 'free', 3, 'deferred'), (4, 'held', 1, 'queued'),
                           (5, 'held', 2, 'deferred'), (6, 'dead', 1, 'deferred'))
                     as parked (n, key, place, state) on parked.n = task_n.n
             where task.id = task_n.id
            """)
        .update();

    new ParkedTasks(FLEET.dataSource).release();

    assertThat(
            FLEET
                .database
                .sql(
                    "select ordering_key || key_position from task"
                        + " where type = 'parked' and due_at <= now()")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder("free2", "dead1");
  }

  @Test
  void releasesTheFirstParkedTaskOfEachTenantAndPriority() throws Exception {
    FLEET.insertDue("lanes", 4, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = lane.state, due_at = null, key_position = lane.place,
                ordering_key = 'same', priority = lane.priority, tenant = lane.tenant
              from (select id, row_number() over (order by id) as n from task where type = 'lanes')
                     as task_n
              join (values (1, 'normal', 'acme', 1, 'queued'), (2, 'normal', 'acme', 2, 'deferred'),
                           (3, 'high', 'acme', 3, 'deferred'), (4, 'normal', 'zoo', 4, 'deferred'))
                     as lane (n, priority, tenant, place, state) on lane.n = task_n.n
             where task.id = task_n.id
            """)
        .update();

    new ParkedTasks(FLEET.dataSource).release();

    assertThat(
            FLEET
                .database
                .sql("select key_position from task where type = 'lanes' and due_at <= now()")
                .query(Long.class)
                .list())
        .containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void looksOnlyAtTheFirstOfTheManyThatWaitBehindOneKey() throws Exception {
    FLEET.insertDue("behind", 20_000, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = 'deferred', due_at = null, ordering_key = 'same',
                key_position = task_n.n
              from (select id, row_number() over (order by id) as n from task where type = 'behind')
                     as task_n
             where task.id = task_n.id
            """)
        .update();
    FLEET.database.sql("vacuum analyze task").update();

    long read = FLEET.rowsRead(database -> new ParkedTasks(database).release());

    assertThat(read).isLessThan(200);
    assertThat(
            FLEET
                .database
                .sql("select key_position from task where type = 'behind' and due_at <= now()")
                .query(Long.class)
                .list())
        .containsExactly(1L);
    FLEET.database.sql("delete from task where type = 'behind'").update();
  }

  private static List<Claim> claims(String type, int atMost) throws SQLException {
    return claims(type, atMost, 1 << 20);
  }

  /** A database is shared by all tests here, a type is not. */
  private static List<Claim> claims(String type, int atMost, long bytes) throws SQLException {
    return new DueTasks(FLEET.dataSource, Duration.ofMinutes(1))
        .claim(atMost, bytes, typesBut(type));
  }

  private static Set<String> typesBut(String type) {
    return Set.copyOf(
        FLEET
            .database
            .sql("select distinct type from task where type <> ?")
            .param(type)
            .query(String.class)
            .list());
  }
}
