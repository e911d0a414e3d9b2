package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.fleet.Cap;
import io.taskfleet.worker.fleet.QueueControl;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks that may have taken their workers down. */
class FlowSuspectsIT {
  private static final int MAX_IN_FLIGHT = 100;
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("flow_suspects"));

  private final String topic = FlowRecords.record(0, 0, "key").topic();

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  @Test
  void suspectsDoNotWaitForOneThatWasToRunAloneAndWasCancelled() throws Exception {
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        LongStream.range(0, 5)
            .mapToObj(offset -> FlowRecords.record(5, offset, "key" + offset))
            .toList();
    FIXTURE.crash(records.subList(0, 3));
    FIXTURE.crash(records.subList(0, 3));
    HandFedFlow two = FIXTURE.flow(2, MAX_IN_FLIGHT, 3, () -> QueueControl.NONE);
    two.assign(new TopicPartition(topic, 5));

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

  @ParameterizedTest
  @MethodSource("holds")
  void whatIsHeldIsNotTakenForWhatTakesWorkersDown(QueueControl hold) {
    TopicPartition own = new TopicPartition(topic, 6 + hold.caps().size());
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        LongStream.range(0, 3)
            .mapToObj(offset -> FlowRecords.record(own.partition(), offset, "held" + offset))
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
        FlowFixture.pausingKeys("held"),
        new QueueControl(false, null, Map.of(), Set.of(), List.of(), List.of(cap)));
  }

  @Test
  void aSuspectThatIsHeldKeepsNoOtherFromRunningAlone() throws Exception {
    TopicPartition own = new TopicPartition(topic, 8);
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        List.of(FlowRecords.record(8, 0, "held"), FlowRecords.record(8, 1, "free"));
    FIXTURE.crash(records);
    FIXTURE.crash(records);
    HandFedFlow worker = FIXTURE.flow(8, MAX_IN_FLIGHT, 2, () -> FlowFixture.pausingKeys("held"));
    worker.assign(own);

    List<InFlight> taken = worker.poll(records);

    assertThat(taken.stream().map(task -> task.out).toList()).containsExactly(false, true);
    assertThat(worker.running()).isEqualTo(1);
  }

  @Test
  void whoWaitsToRunAloneIsNotAccusedOfTheCrashOfAnother() throws Exception {
    TopicPartition own = new TopicPartition(topic, 9);
    List<ConsumerRecord<byte[], byte @Nullable []>> records =
        List.of(FlowRecords.record(9, 0, "guilty"), FlowRecords.record(9, 1, "innocent"));
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
}
