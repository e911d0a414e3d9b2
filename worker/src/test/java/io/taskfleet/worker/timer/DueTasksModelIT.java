package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.wire.TaskCodec;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Claims on a real Postgres, against a model; relays that die are relays that are forgotten. */
class DueTasksModelIT {
  private static final Duration LEASE = Duration.ofMillis(150);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("due_model"));

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
      return tasks
          .claim(
              1 + random.nextInt(10),
              1 << 20,
              List.of(Priority.values()).get(random.nextInt(3)),
              Set.of())
          .stream()
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
}
