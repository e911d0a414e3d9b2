package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.fleet.QueueControl;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Tasks that an operator holds. */
class FlowHoldsIT {
  private static final int MAX_IN_FLIGHT = 100;
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("flow_holds"));

  private final TopicPartition partition =
      new TopicPartition(FlowRecords.record(0, 0, "key").topic(), 0);

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  @Test
  void whatAnOperatorHeldGoesOnInTheOrderInWhichItCame() {
    AtomicReference<QueueControl> control = new AtomicReference<>(FlowFixture.pausingKeys("held"));
    HandFedFlow one = FIXTURE.flow(1, MAX_IN_FLIGHT, 0, control::get);
    one.assign(partition);
    List<InFlight> held =
        one.poll(
            LongStream.range(0, 3)
                .mapToObj(offset -> FlowRecords.record(0, offset, "held" + offset))
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

  @Test
  void whatAnOperatorHoldsLeavesRoomForOthers() {
    HandFedFlow holding = FIXTURE.flow(8, MAX_IN_FLIGHT, 0, () -> FlowFixture.pausingKeys("held"));
    holding.assign(partition);
    try (KafkaConsumer<byte[], byte[]> consumer = FlowFixture.unconnected()) {
      consumer.assign(List.of(partition));
      List<InFlight> held =
          holding.poll(
              LongStream.range(0, MAX_IN_FLIGHT)
                  .mapToObj(i -> FlowRecords.record(0, i, "held" + i))
                  .toList());
      holding.flow.pause(consumer);
      assertThat(consumer.paused()).containsExactly(partition);

      holding.flow.tick();
      holding.flow.advance();
      assertThat(held).as("with the ledger").allMatch(task -> task.out);
      held.forEach(holding::record);
      holding.flow.pause(consumer);

      assertThat(consumer.paused()).isEmpty();
      assertThat(holding.poll(FlowRecords.record(0, MAX_IN_FLIGHT, "free")).out).isTrue();
      assertThat(holding.running()).isEqualTo(1);
      assertThat(holding.poll(FlowRecords.record(0, MAX_IN_FLIGHT + 1L, "held")).out)
          .as("there is room to keep it here")
          .isFalse();
    }
  }
}
