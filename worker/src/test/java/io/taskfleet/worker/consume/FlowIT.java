package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.worker.fleet.Cap;
import io.taskfleet.worker.fleet.QueueControl;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.telemetry.Activity;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no schedule of real servers would force: returns that come early, late, or twice. */
class FlowIT {
  private static final int MAX_IN_FLIGHT = 100;
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("flow"));

  private final ConsumerRecord<byte[], byte @Nullable []> first = FlowFixture.record(0, 0, "key");
  private final TopicPartition partition = new TopicPartition(first.topic(), 0);
  private final HandFedFlow fed = FIXTURE.flow(8, MAX_IN_FLIGHT);

  /** What Postgres has been asked and has not answered. */
  private final Queue<Runnable> questions = new ArrayDeque<>();

  private final HandFedFlow slow =
      FIXTURE.flow(
          8, MAX_IN_FLIGHT, 0, () -> QueueControl.NONE, Intake.Knowing.ALL, questions::add);

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  @BeforeEach
  void assign() {
    fed.assign(partition);
    slow.assign(partition);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLaneInStrictOrderOpensWhetherTheLedgerOrTheAttemptIsQuicker(boolean ledgerIsQuicker) {
    List<InFlight> taken = fed.poll(List.of(first, FlowFixture.record(0, 1, "key")));
    InFlight head = taken.getFirst();
    InFlight behind = taken.getLast();
    head.keyPosition = 0L;
    behind.keyPosition = 1L;

    if (ledgerIsQuicker) {
      fed.record(head);
      fed.end(head, Inbox.Next.WAIT);
    } else {
      fed.end(head, Inbox.Next.WAIT);
      assertThat(behind.out).isFalse();
      fed.record(head);
    }

    assertThat(behind.out).as("parked, with the ledger").isTrue();
    assertThat(fed.running()).isZero();
    fed.record(behind);
    InFlight next = fed.poll(FlowFixture.record(0, 2, "key"));
    assertThat(next.out).isTrue();
    assertThat(fed.running()).isEqualTo(1);
  }

  @Test
  void urgentTasksFindAPermitWhileSlowOthersHoldAllTheyMay() {
    ConsumerRecord<byte[], byte @Nullable []> firstUrgent =
        FlowFixture.record(0, 0, "urgent", Priority.HIGH);
    TopicPartition urgent = new TopicPartition(firstUrgent.topic(), 0);
    fed.assign(urgent);
    List<InFlight> slowOnes =
        fed.poll(
            LongStream.range(0, 20).mapToObj(i -> FlowFixture.record(0, i, "slow" + i)).toList());
    assertThat(fed.running()).as("no urgent task was ever seen").isEqualTo(8);
    InFlight waits = fed.poll(firstUrgent);
    assertThat(waits.out).isFalse();

    fed.end(slowOnes.getFirst(), Inbox.Next.END);
    assertThat(waits.out).as("the first to get a permit").isTrue();
    fed.end(waits, Inbox.Next.END);
    assertThat(fed.running()).as("one is left to urgent tasks").isEqualTo(7);

    assertThat(fed.poll(FlowFixture.record(0, 1, "urgent", Priority.HIGH)).out).isTrue();
    assertThat(fed.running()).isEqualTo(8);
  }

  @Test
  void aRecordThatComesBackWhileItsAttemptRunsWaitsForItsEndAndIsNotTakenForADuplicate() {
    InFlight lost = fed.poll(first);
    fed.lose(partition);
    fed.assign(partition);

    InFlight again = fed.poll(first);

    assertThat(again.out).as("beside itself").isFalse();
    assertThat(fed.due(first)).isZero();
    fed.end(lost, Inbox.Next.COME_AGAIN);
    awaitStart(again);
    fed.end(again, Inbox.Next.END);
    fed.record(again);
    assertThat(fed.due(first)).isEqualTo(1);
    assertThat(fed.running()).isZero();
  }

  @Test
  void aRecordIsNotDroppedBecauseAnOlderAssignmentFinishedItsOffsetLate() {
    InFlight lost = fed.poll(first);
    fed.lose(partition);
    fed.assign(partition);
    InFlight again = fed.poll(first);

    fed.end(lost, Inbox.Next.END);
    fed.record(lost);

    assertThat(again.finished).isFalse();
    assertThat(fed.due(first)).isZero();
    awaitStart(again);
    assertThat(fed.inFlight()).isEqualTo(1);
  }

  @Test
  void suspectsDoNotWaitForOneThatWasToRunAloneAndWasCancelled() throws Exception {
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        LongStream.range(0, 5)
            .mapToObj(offset -> FlowFixture.record(5, offset, "key" + offset))
            .toList();
    FIXTURE.crash(records.subList(0, 3));
    FIXTURE.crash(records.subList(0, 3));
    HandFedFlow two = FIXTURE.flow(2, MAX_IN_FLIGHT, 3, () -> QueueControl.NONE);
    two.assign(new TopicPartition(first.topic(), 5));

    List<InFlight> suspects = two.poll(records.subList(0, 3));
    List<InFlight> others = two.poll(records.subList(3, 5));
    two.end(suspects.get(0), Inbox.Next.END);
    assertThat(others).as("both permits").allMatch(task -> task.out);
    two.cancel(suspects.get(1));
    two.end(others.getFirst(), Inbox.Next.END);

    assertThat(suspects.get(1).out).as("with the ledger").isTrue();
    assertThat(suspects.get(2).out).as("alone").isTrue();
    assertThat(two.running()).isEqualTo(2);
  }

  @Test
  void whatAnOperatorHeldGoesOnInTheOrderInWhichItCame() {
    AtomicReference<QueueControl> control = new AtomicReference<>(pausingKeys("held"));
    HandFedFlow one = FIXTURE.flow(1, MAX_IN_FLIGHT, 0, control::get);
    one.assign(partition);
    List<InFlight> held =
        one.poll(
            LongStream.range(0, 3)
                .mapToObj(offset -> FlowFixture.record(0, offset, "held" + offset))
                .toList());
    assertThat(one.running()).isZero();

    control.set(QueueControl.NONE);
    one.flow.advance();

    for (int i = 0; i < held.size(); i++) {
      assertThat(held.stream().map(task -> task.out).toList())
          .containsExactly(i >= 0, i >= 1, i >= 2);
      one.end(held.get(i), Inbox.Next.END);
    }
  }

  @ParameterizedTest
  @MethodSource("holds")
  void whatIsHeldIsNotTakenForWhatTakesWorkersDown(QueueControl hold) {
    TopicPartition own = new TopicPartition(first.topic(), 6 + hold.caps().size());
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        LongStream.range(0, 3)
            .mapToObj(offset -> FlowFixture.record(own.partition(), offset, "held" + offset))
            .toList();
    for (int workers = 0; workers < 5; workers++) {
      HandFedFlow stopped = FIXTURE.flow(8, MAX_IN_FLIGHT, 3, () -> hold);
      stopped.assign(own);
      stopped.poll(records);
      assertThat(stopped.running()).isZero();
      stopped.lose(own);
    }
    HandFedFlow last = FIXTURE.flow(8, MAX_IN_FLIGHT, 3, () -> QueueControl.NONE);
    last.assign(own);

    last.poll(records);

    assertThat(last.running()).as("attempts, and no dead letters").isEqualTo(3);
  }

  static Stream<QueueControl> holds() {
    Cap cap = new Cap(new Cap.Id("flow", Cap.Scope.of("key:held")), 1);
    return Stream.of(
        pausingKeys("held"),
        new QueueControl(false, null, Map.of(), Set.of(), List.of(), List.of(cap)));
  }

  @Test
  void aSuspectThatIsHeldKeepsNoOtherFromRunningAlone() throws Exception {
    TopicPartition own = new TopicPartition(first.topic(), 8);
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        List.of(FlowFixture.record(8, 0, "held"), FlowFixture.record(8, 1, "free"));
    FIXTURE.crash(records);
    FIXTURE.crash(records);
    HandFedFlow worker = FIXTURE.flow(8, MAX_IN_FLIGHT, 2, () -> pausingKeys("held"));
    worker.assign(own);

    List<InFlight> taken = worker.poll(records);

    assertThat(taken.stream().map(task -> task.out).toList()).containsExactly(false, true);
    assertThat(worker.running()).isEqualTo(1);
  }

  @Test
  void whoWaitsToRunAloneIsNotAccusedOfTheCrashOfAnother() throws Exception {
    TopicPartition own = new TopicPartition(first.topic(), 9);
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        List.of(FlowFixture.record(9, 0, "guilty"), FlowFixture.record(9, 1, "innocent"));
    FIXTURE.crash(records);
    FIXTURE.crash(records);
    HandFedFlow takenDown = FIXTURE.flow(8, MAX_IN_FLIGHT, 2, () -> QueueControl.NONE);
    takenDown.assign(own);
    assertThat(takenDown.poll(records.getFirst()).out).as("alone").isTrue();
    assertThat(takenDown.poll(records.getLast()).out).isFalse();
    HandFedFlow next = FIXTURE.flow(8, MAX_IN_FLIGHT, 2, () -> QueueControl.NONE);
    next.assign(own);

    next.poll(records);

    assertThat(next.running()).as("one dead letter, one attempt").isEqualTo(1);
  }

  @Test
  void whatAnOperatorHoldsLeavesRoomForOthers() {
    HandFedFlow holding = FIXTURE.flow(8, MAX_IN_FLIGHT, 0, () -> pausingKeys("held"));
    holding.assign(partition);
    try (KafkaConsumer<byte[], byte[]> consumer = unconnected()) {
      consumer.assign(List.of(partition));
      List<InFlight> held =
          holding.poll(
              LongStream.range(0, MAX_IN_FLIGHT)
                  .mapToObj(i -> FlowFixture.record(0, i, "held" + i))
                  .toList());
      holding.flow.pause(consumer);
      assertThat(consumer.paused()).containsExactly(partition);

      holding.flow.tick();
      holding.flow.advance();
      assertThat(held).as("with the ledger").allMatch(task -> task.out);
      held.forEach(holding::record);
      holding.flow.pause(consumer);

      assertThat(consumer.paused()).isEmpty();
      assertThat(holding.poll(FlowFixture.record(0, MAX_IN_FLIGHT, "free")).out).isTrue();
      assertThat(holding.running()).isEqualTo(1);
      assertThat(holding.poll(FlowFixture.record(0, MAX_IN_FLIGHT + 1L, "held")).out)
          .as("there is room to keep it here")
          .isFalse();
    }
  }

  @Test
  void attemptsStartWhilePostgresIsAskedAboutOthers() {
    InFlight running = slow.poll(first);
    answer();
    InFlight next = slow.poll(FlowFixture.record(0, 1, "key"));
    answer();

    InFlight unanswered = slow.poll(FlowFixture.record(0, 2, "other"));
    slow.end(running, Inbox.Next.END);

    assertThat(next.out).isTrue();
    assertThat(unanswered.out).isFalse();
    assertThat(slow.flow.isIdle()).as("would wait in Kafka for an answer").isFalse();
    assertThat(slow.flow.activity().pauses()).isEmpty();
    answer();
    assertThat(unanswered.out).isTrue();
  }

  @Test
  void aDuplicateDoesNotRunWhoseTwinEndsWhilePostgresIsAskedAboutIt() throws Exception {
    InFlight running = slow.poll(first);
    answer();
    assertThat(running.out).isTrue();

    List<InFlight> later =
        slow.poll(
            List.of(
                FlowFixture.record(0, 1, "before"),
                FlowFixture.again(first, 2),
                FlowFixture.record(0, 3, "behind")));
    questions.remove().run();
    slow.flow.takeBack(new Inbox.Returned.AttemptEnded(running, Inbox.Next.END));
    FIXTURE.recordSucceeded(running);
    slow.flow.takeBack(new Inbox.Returned.Finished(running));
    slow.turn();

    assertThat(later.stream().map(task -> task.out).toList()).containsExactly(true, false, false);
    answer();
    assertThat(later.get(1).finished).as("a duplicate").isTrue();
    assertThat(later.get(2).out).isTrue();
    assertThat(questions).isEmpty();
  }

  @Test
  void aTaskIsNotStartedThatIsCancelledWhilePostgresIsAskedAboutIt() throws Exception {
    InFlight asked = slow.poll(first);
    questions.remove().run();

    FIXTURE.recordCancelled(asked);
    slow.flow.takeBack(new Inbox.Returned.Cancelled(List.of(FlowFixture.idOf(asked))));
    slow.turn();

    answer();
    assertThat(asked.out).isFalse();
    assertThat(asked.finished).as("its end is known").isTrue();
  }

  @Test
  void pollingGoesOnWhenNobodyAnswersLestThePartitionsAreTakenAway() {
    HandFedFlow away = FIXTURE.flowWithoutPostgres(2_000, questions::add);
    away.assign(partition);
    var _ = away.poll(first);
    away.poll(
        LongStream.range(1, 1_200).mapToObj(i -> FlowFixture.record(0, i, "key" + i)).toList());
    assertThat(away.flow.isBehind()).as("while an answer may come").isTrue();

    questions.remove().run();
    away.turn();

    assertThat(away.flow.activity().pauses()).containsExactly(Activity.Pause.INTAKE);
    assertThat(away.flow.isBehind()).isFalse();
  }

  @Test
  void whatIsAskedAboutWhenItsPartitionIsLostDoesNotRun() {
    InFlight lost = slow.poll(first);

    slow.lose(partition);
    answer();

    assertThat(lost.out).isFalse();
    assertThat(slow.inFlight()).isZero();
    assertThat(slow.flow.isIdle()).isTrue();
  }

  @Test
  void whatWaitsOfAPartitionThatLeavesIsNotStartedAndWhatStaysIs() {
    fed.assign(new TopicPartition(first.topic(), 1));
    List<InFlight> leaving =
        fed.poll(
            LongStream.range(0, 9).mapToObj(i -> FlowFixture.record(0, i, "leaving" + i)).toList());
    InFlight stays = fed.poll(FlowFixture.record(1, 0, "stays"));

    fed.leave(partition);
    leaving.subList(0, 8).forEach(task -> fed.end(task, Inbox.Next.END));
    leaving.subList(0, 8).forEach(fed::record);

    assertThat(leaving.getLast().out).isFalse();
    assertThat(stays.out).isTrue();
    assertThat(fed.due(first)).as("the one that did not start").isEqualTo(8);
    fed.lose(partition);
    assertThat(fed.inFlight()).isEqualTo(1);
  }

  @Test
  void whatIsAskedAboutWhenItsPartitionLeavesDoesNotRun() {
    InFlight asked = slow.poll(first);

    slow.leave(partition);
    answer();

    assertThat(asked.out).isFalse();
    assertThat(slow.due(first)).isZero();
    slow.lose(partition);
    assertThat(slow.inFlight()).isZero();
    assertThat(slow.flow.isIdle()).isTrue();
  }

  /** Postgres answers the question that waits longest. */
  private void answer() {
    questions.remove().run();
    slow.turn();
  }

  private static QueueControl pausingKeys(String prefix) {
    return new QueueControl(false, null, Map.of(), Set.of(), List.of(prefix), List.of());
  }

  @Test
  void whatWaitsForAnotherAttemptIsNotKeptInMemory() {
    for (long offset = 0; offset < 1_000; offset++) {
      InFlight failed = fed.poll(FlowFixture.record(0, offset, "key" + offset));
      fed.end(failed, Inbox.Next.WAIT);
      fed.record(failed);
    }

    assertThat(fed.inFlight()).isZero();
    assertThat(fed.flow.isIdle()).isTrue();
    assertThat(fed.due(first)).isEqualTo(1_000);
  }

  @Test
  void whatCannotBeAdmittedPausesItsPartitionInsteadOfPilingUp() {
    try (KafkaConsumer<byte[], byte[]> consumer = unconnected()) {
      consumer.assign(List.of(partition));
      TopicPartition unknown = new TopicPartition("taskfleet.unknown", 0);
      fed.assign(unknown);

      fed.poll(
          LongStream.range(0, MAX_IN_FLIGHT).mapToObj(i -> ofUnknownTopic(unknown, i)).toList());
      fed.flow.pause(consumer);

      assertThat(consumer.paused()).containsExactly(partition);
      assertThat(fed.flow.activity().pauses())
          .containsExactlyInAnyOrder(Activity.Pause.FULL, Activity.Pause.INTAKE);
    }
  }

  @Test
  void aPartitionIsNotPausedForEverWhenWhatCouldNotBeAdmittedMovesAway() {
    try (KafkaConsumer<byte[], byte[]> consumer = unconnected()) {
      consumer.assign(List.of(partition));
      TopicPartition unknown = new TopicPartition("taskfleet.unknown", 0);
      fed.assign(unknown);
      fed.poll(ofUnknownTopic(unknown, 0));
      fed.flow.pause(consumer);
      assertThat(consumer.paused()).containsExactly(partition);

      fed.lose(unknown);
      fed.flow.pause(consumer);

      assertThat(consumer.paused()).isEmpty();
      assertThat(fed.inFlight()).isZero();
    }
  }

  /** Nobody can tell what is known of it, because Kafka does not know its topic. */
  private static ConsumerRecord<byte[], byte @Nullable []> ofUnknownTopic(
      TopicPartition partition, long offset) {
    return new ConsumerRecord<>(
        partition.topic(), partition.partition(), offset, new byte[0], new byte[0]);
  }

  private static KafkaConsumer<byte[], byte[]> unconnected() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", "127.0.0.1:1"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private void awaitStart(InFlight task) {
    await()
        .until(
            () -> {
              fed.flow.advance();
              return task.out;
            });
  }
}
