package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.worker.telemetry.Activity;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no schedule of real servers would force: returns that come early, late, or twice. */
class FlowIT {
  private static final int MAX_IN_FLIGHT = 100;
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("flow"));

  private final ConsumerRecord<byte[], byte @Nullable []> first = FlowRecords.record(0, 0, "key");
  private final TopicPartition partition = new TopicPartition(first.topic(), 0);
  private final HandFedFlow fed = FIXTURE.flow(8, MAX_IN_FLIGHT);

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  @BeforeEach
  void assign() {
    fed.assign(partition);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLaneInStrictOrderOpensWhetherTheLedgerOrTheAttemptIsQuicker(boolean ledgerIsQuicker) {
    List<InFlight> taken = fed.poll(List.of(first, FlowRecords.record(0, 1, "key")));
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
    InFlight next = fed.poll(FlowRecords.record(0, 2, "key"));
    assertThat(next.out).isTrue();
    assertThat(fed.running()).isEqualTo(1);
  }

  @Test
  void urgentTasksFindAPermitWhileSlowOthersHoldAllTheyMay() {
    ConsumerRecord<byte[], byte @Nullable []> firstUrgent =
        FlowRecords.record(0, 0, "urgent", Priority.HIGH);
    TopicPartition urgent = new TopicPartition(firstUrgent.topic(), 0);
    fed.assign(urgent);
    List<InFlight> slowOnes =
        fed.poll(
            LongStream.range(0, 20).mapToObj(i -> FlowRecords.record(0, i, "slow" + i)).toList());
    assertThat(fed.running()).as("no urgent task was ever seen").isEqualTo(8);
    InFlight waits = fed.poll(firstUrgent);
    assertThat(waits.out).isFalse();

    fed.end(slowOnes.getFirst(), Inbox.Next.END);
    assertThat(waits.out).as("the first to get a permit").isTrue();
    fed.end(waits, Inbox.Next.END);
    assertThat(fed.running()).as("one is left to urgent tasks").isEqualTo(7);

    assertThat(fed.poll(FlowRecords.record(0, 1, "urgent", Priority.HIGH)).out).isTrue();
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
  void whatWaitsOfAPartitionThatLeavesIsNotStartedAndWhatStaysIs() {
    fed.assign(new TopicPartition(first.topic(), 1));
    List<InFlight> leaving =
        fed.poll(
            LongStream.range(0, 9).mapToObj(i -> FlowRecords.record(0, i, "leaving" + i)).toList());
    InFlight stays = fed.poll(FlowRecords.record(1, 0, "stays"));

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
  void whatWaitsForAnotherAttemptIsNotKeptInMemory() {
    for (long offset = 0; offset < 1_000; offset++) {
      InFlight failed = fed.poll(FlowRecords.record(0, offset, "key" + offset));
      fed.end(failed, Inbox.Next.WAIT);
      fed.record(failed);
    }

    assertThat(fed.inFlight()).isZero();
    assertThat(fed.flow.isIdle()).isTrue();
    assertThat(fed.due(first)).isEqualTo(1_000);
  }

  @Test
  void whatCannotBeAdmittedPausesItsPartitionInsteadOfPilingUp() {
    try (KafkaConsumer<byte[], byte[]> consumer = FlowFixture.unconnected()) {
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
    try (KafkaConsumer<byte[], byte[]> consumer = FlowFixture.unconnected()) {
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

  private void awaitStart(InFlight task) {
    await()
        .until(
            () -> {
              fed.flow.advance();
              return task.out;
            });
  }
}
