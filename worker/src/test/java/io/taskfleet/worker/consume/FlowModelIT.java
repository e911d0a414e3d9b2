package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.worker.fleet.QueueControl;
import io.taskfleet.worker.intake.Intake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A flow against a model of everything around it: partitions that fill, are polled, revoked, lost
 * and assigned again; attempts and a ledger that answer in any order; and a worker that dies, so
 * that all it had in memory is forgotten and comes again from the committed offsets.
 */
class FlowModelIT {
  private static final int STEPS = 4_000;
  private static final int CONCURRENCY = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<TopicPartition> PARTITIONS =
      List.of(
          new TopicPartition("taskfleet.flow", 0),
          new TopicPartition("taskfleet.flow", 1),
          new TopicPartition("taskfleet.flow.high", 0));
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("model"));

  /** A record and the model's view of it. */
  private static final class Sent {
    final ConsumerRecord<byte[], byte @Nullable []> record;
    final String lane;
    final int placeInLane;
    boolean durable;

    Sent(ConsumerRecord<byte[], byte @Nullable []> record, String lane, int placeInLane) {
      this.record = record;
      this.lane = lane;
      this.placeInLane = placeInLane;
    }
  }

  /** An attempt or its outcome that is under way in this life of the worker. */
  private record Underway(InFlight task, Sent sent) {}

  // What outlives a worker.
  private final Map<TopicPartition, List<Sent>> topics = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private final Map<String, Integer> sentInLane = new HashMap<>();
  private final Map<String, Integer> startedInLane = new HashMap<>();

  // What does not.
  private HandFedFlow worker = newWorker();
  private final Queue<Runnable> questions = new ArrayDeque<>();
  private final Set<TopicPartition> assigned = new HashSet<>();
  private final Map<TopicPartition, Integer> position = new HashMap<>();
  private final List<Underway> waiting = new ArrayList<>();
  private final List<Underway> running = new ArrayList<>();
  private final List<Underway> recording = new ArrayList<>();
  private boolean gaveBack;
  private @Nullable TopicPartition leaving;

  private Random random = new Random();
  private String seed = "";

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(1, 13), LongStream.of(new Random().nextLong()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyScheduleKeepsOrderLosesNothingAndCommitsNothingUnfinished(long seed) {
    random = new Random(seed);
    this.seed = "seed " + seed;
    PARTITIONS.forEach(partition -> topics.put(partition, new ArrayList<>()));

    for (int step = 0; step < STEPS; step++) {
      step();
    }
    finishAll();

    assertThat(worker.running()).as(this.seed).isZero();
    assertThat(worker.inFlight()).as(this.seed).isZero();
    assertThat(worker.flow.isIdle()).as(this.seed).isTrue();
    assertThat(startedInLane).as("all started, %s", this.seed).isEqualTo(sentInLane);
  }

  private void step() {
    int dice = random.nextInt(1_000);
    if (dice < 200) {
      arrive();
    } else if (dice < 350) {
      poll(somePartition());
    } else if (dice < 500) {
      answer();
    } else if (dice < 730) {
      end();
    } else if (dice < 960) {
      record();
    } else if (dice < 980) {
      commit(somePartition());
    } else if (dice < 988) {
      revoke(somePartition(), random.nextBoolean());
    } else if (dice < 998) {
      assign(somePartition());
    } else {
      die();
    }
    noteStarts();
  }

  /** Postgres, which knows of no task here, is asked about each, and answers when it likes. */
  private HandFedFlow newWorker() {
    return FIXTURE.flow(
        CONCURRENCY,
        STEPS,
        0,
        () -> QueueControl.NONE,
        Intake.Knowing.ALL,
        question -> questions.add(question));
  }

  private void answer() {
    Runnable question = questions.poll();
    if (question != null) {
      question.run();
      worker.turn();
    }
  }

  private void arrive() {
    TopicPartition partition = somePartition();
    List<Sent> topic = log(partition);
    String key = partition.partition() + "-" + random.nextInt(6);
    Priority priority = partition.topic().endsWith("high") ? Priority.HIGH : Priority.NORMAL;
    long gap = random.nextInt(10) == 0 ? random.nextInt(20) : 0;
    long offset = topic.isEmpty() ? gap : topic.getLast().record.offset() + 1 + gap;
    String lane = priority + key;
    topic.add(
        new Sent(
            FlowRecords.record(partition.partition(), offset, key, priority),
            lane,
            sentInLane.merge(lane, 1, Integer::sum)));
  }

  private void poll(TopicPartition partition) {
    if (assigned.contains(partition)) {
      List<Sent> topic = log(partition);
      int from = position.getOrDefault(partition, 0);
      int to = Math.min(topic.size(), from + 1 + random.nextInt(20));
      List<Sent> polled = topic.subList(from, to);
      position.put(partition, to);
      List<InFlight> taken = worker.poll(polled.stream().map(sent -> sent.record).toList());
      for (int i = 0; i < taken.size(); i++) {
        waiting.add(new Underway(taken.get(i), polled.get(i)));
      }
    }
  }

  /** What has been given a permit since the last look is an attempt that has started. */
  private void noteStarts() {
    waiting.removeIf(
        each -> {
          if (each.task.out) {
            start(each);
          }
          return each.task.out || each.task.dropped;
        });
  }

  private void start(Underway started) {
    Sent sent = started.sent;
    assertThat(new TopicPartition(sent.record.topic(), sent.record.partition()))
        .as("being revoked, %s", seed)
        .isNotEqualTo(leaving);
    assertThat(running)
        .as("beside another of its lane, %s", seed)
        .noneMatch(other -> other.sent.lane.equals(sent.lane));
    int before = startedInLane.getOrDefault(sent.lane, 0);
    assertThat(sent.placeInLane)
        .as("%s starts for the first time before an earlier one, %s", sent.lane, seed)
        .isLessThanOrEqualTo(before + 1);
    startedInLane.put(sent.lane, Math.max(before, sent.placeInLane));
    running.add(started);
    assertThat(running).as(seed).hasSizeLessThanOrEqualTo(CONCURRENCY);
  }

  /** An attempt ends, now and then after the ledger has already told of it. */
  private void end() {
    if (running.isEmpty()) {
      return;
    }
    Underway ended = running.remove(random.nextInt(running.size()));
    int dice = random.nextInt(100);
    if (dice < 2) {
      gaveBack |= !ended.task.dropped;
      worker.end(ended.task, Inbox.Next.COME_AGAIN);
      return;
    }
    boolean ledgerIsQuicker = dice < 20;
    if (ledgerIsQuicker) {
      record(ended);
    }
    worker.end(ended.task, dice % 3 == 0 ? Inbox.Next.WAIT : Inbox.Next.END);
    if (!ledgerIsQuicker) {
      recording.add(ended);
    }
  }

  private void record() {
    if (!recording.isEmpty()) {
      record(recording.remove(random.nextInt(recording.size())));
    }
  }

  private void record(Underway ended) {
    ended.sent.durable = true;
    worker.record(ended.task);
  }

  private void commit(TopicPartition partition) {
    if (!assigned.contains(partition) || log(partition).isEmpty()) {
      return;
    }
    Window window = worker.assignment.windowOf(log(partition).getFirst().record);
    var due = window.uncommitted();
    if (due != null) {
      assertThat(log(partition))
          .as("unfinished below %d of %s, %s", due.offset(), partition, seed)
          .filteredOn(sent -> sent.record.offset() < due.offset())
          .allMatch(sent -> sent.durable);
      assertThat(due.offset())
          .as("goes back, %s", seed)
          .isGreaterThanOrEqualTo(committed.getOrDefault(partition, 0L));
      window.committed(due.offset());
      committed.put(partition, due.offset());
    }
  }

  private void revoke(TopicPartition partition, boolean isLost) {
    if (!isLost && assigned.contains(partition)) {
      settle(partition);
    }
    if (assigned.remove(partition)) {
      worker.lose(partition);
    }
  }

  /** Some of what is under way may come back; nothing is polled meanwhile. */
  private void settle(TopicPartition partition) {
    noteStarts();
    leaving = partition;
    worker.leave(partition);
    for (int i = random.nextInt(20); i >= 0; i--) {
      switch (random.nextInt(3)) {
        case 0 -> answer();
        case 1 -> end();
        default -> record();
      }
      noteStarts();
    }
    leaving = null;
    commit(partition);
  }

  private void assign(TopicPartition partition) {
    if (assigned.add(partition)) {
      long from = committed.getOrDefault(partition, 0L);
      worker.assign(partition);
      position.put(
          partition,
          (int) log(partition).stream().filter(sent -> sent.record.offset() < from).count());
    }
  }

  private void die() {
    worker = newWorker();
    questions.clear();
    assigned.clear();
    waiting.clear();
    running.clear();
    recording.clear();
    gaveBack = false;
    PARTITIONS.forEach(this::assign);
  }

  /** Nothing more arrives and nobody dies, but for what must be taken from a living worker. */
  private void finishAll() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isOver()) {
      assertThat(System.nanoTime()).as("stuck, %s", seed).isLessThan(end);
      PARTITIONS.forEach(this::assign);
      PARTITIONS.forEach(this::poll);
      answer();
      worker.flow.advance();
      noteStarts();
      if (running.isEmpty() && recording.isEmpty()) {
        if (gaveBack) {
          die();
        }
        // A record whose attempt ran on for a lost partition is looked at again after a while.
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
      end();
      record();
      noteStarts();
      PARTITIONS.forEach(this::commit);
    }
  }

  private boolean isOver() {
    return running.isEmpty()
        && recording.isEmpty()
        && PARTITIONS.stream()
            .allMatch(
                partition ->
                    log(partition).isEmpty()
                        || committed.getOrDefault(partition, 0L)
                            == log(partition).getLast().record.offset() + 1);
  }

  private List<Sent> log(TopicPartition partition) {
    return Objects.requireNonNull(topics.get(partition));
  }

  private TopicPartition somePartition() {
    return PARTITIONS.get(random.nextInt(PARTITIONS.size()));
  }
}
