package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a consumer that is assigned by hand: it pauses and resumes without asking a broker. */
class BackPressureTest {
  private static final TopicPartition KEPT = new TopicPartition("taskfleet.email", 0);
  private static final TopicPartition MOVING = new TopicPartition("taskfleet.email", 1);
  private static final TopicPartition URGENT = new TopicPartition("taskfleet.email.high", 0);
  private static final int MAX = 10;

  private final BackPressure pressure = new BackPressure(MAX, Long.MAX_VALUE);
  private final List<InFlight> taken = new ArrayList<>();
  private final KafkaConsumer<byte[], byte[]> consumer =
      new KafkaConsumer<>(
          Map.of("bootstrap.servers", "127.0.0.1:1"),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer());

  @AfterEach
  void close() {
    consumer.close();
  }

  @Test
  void pausesOnlyWhatIsFullAndResumesAtHalfOfTheBound() {
    consumer.assign(List.of(KEPT, URGENT));
    fill();
    pressure.apply(consumer, false);
    assertThat(consumer.paused()).containsExactly(KEPT);

    remove(MAX / 2 - 1);
    pressure.apply(consumer, false);
    assertThat(consumer.paused()).containsExactly(KEPT);

    remove(1);
    pressure.apply(consumer, false);
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void aPartitionThatStaysIsNotPausedForEverWhenWhatFilledItMovesAway() {
    consumer.assign(List.of(KEPT, MOVING));
    fill();
    pressure.apply(consumer, false);

    consumer.assign(List.of(KEPT));
    remove(MAX);
    pressure.reapply(consumer, false);

    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void aPartitionThatComesWhileAllArePausedIsPausedAndResumesWithThem() {
    consumer.assign(List.of(KEPT));
    fill();
    pressure.apply(consumer, false);

    consumer.assign(List.of(KEPT, MOVING));
    pressure.reapply(consumer, false);
    assertThat(consumer.paused()).containsExactlyInAnyOrder(KEPT, MOVING);

    remove(MAX);
    pressure.apply(consumer, false);
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void aPartitionThatLeftPausedAndComesBackIsNotPausedForEver() {
    consumer.assign(List.of(KEPT));
    fill();
    pressure.apply(consumer, false);

    consumer.assign(List.of());
    remove(MAX);
    pressure.reapply(consumer, false);
    consumer.assign(List.of(KEPT));
    pressure.reapply(consumer, false);
    assertThat(consumer.paused()).isEmpty();

    fill();
    pressure.apply(consumer, false);
    assertThat(consumer.paused()).containsExactly(KEPT);
  }

  @Test
  void whatWasPausedForAnotherReasonResumesWhenThatHasPassedDuringARebalance() {
    consumer.assign(List.of(KEPT, URGENT));
    pressure.apply(consumer, true);
    assertThat(consumer.paused()).containsExactlyInAnyOrder(KEPT, URGENT);

    consumer.assign(List.of(KEPT, URGENT, MOVING));
    pressure.reapply(consumer, true);
    assertThat(consumer.paused()).contains(MOVING);

    pressure.apply(consumer, false);
    assertThat(consumer.paused()).isEmpty();
    assertThat(pressure.isPausing()).isFalse();
  }

  private void fill() {
    while (taken.size() < MAX) {
      InFlight next = Records.inFlight(new Window(0, 0), taken.size(), "key", Priority.NORMAL);
      taken.add(next);
      pressure.add(next);
    }
  }

  private void remove(int count) {
    for (int i = 0; i < count; i++) {
      pressure.remove(taken.removeLast());
    }
  }
}
