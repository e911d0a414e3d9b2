package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SlotsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void handsAFreedSlotToWhoWaitsForIt() throws Exception {
    Slots slots = new Slots(1, LONG);
    assertThat(slots.take()).isTrue();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> waiting = threads.submit(slots::take);

      slots.giveBack();

      assertThat(waiting.get()).isTrue();
    }
    assertThat(slots.inUse()).isEqualTo(1);
  }

  @Test
  void doesNotWaitWhereCallsAreSlow() throws Exception {
    Slots slots = new Slots(1, LONG);
    for (int i = 0; i < 30; i++) {
      slots.took(Duration.ofMinutes(1).toMillis());
    }
    assertThat(slots.take()).isTrue();

    assertThat(slots.take()).isFalse();

    assertThat(slots.gap()).isGreaterThan(LONG);
  }

  @Test
  void learnsFromWaitingInVain() throws Exception {
    Slots slots = new Slots(10, Duration.ofMillis(1));
    for (int i = 0; i < 10; i++) {
      assertThat(slots.take()).isTrue();
    }
    assertThat(slots.gap()).isZero();

    assertThat(slots.take()).isFalse();

    assertThat(slots.gap()).isPositive();
  }

  @Test
  void stopsWaitingWhenInterrupted() throws Exception {
    Slots slots = new Slots(1, LONG);
    assertThat(slots.take()).isTrue();
    Thread.currentThread().interrupt();

    assertThatThrownBy(slots::take).isInstanceOf(InterruptedException.class);
  }

  @Test
  void changesItsSizeWhileCallsAreUnderWay() throws Exception {
    Slots slots = new Slots(3, Duration.ZERO);
    for (int i = 0; i < 3; i++) {
      assertThat(slots.take()).isTrue();
    }

    slots.resize(1);
    slots.giveBack();
    slots.giveBack();
    assertThat(slots.take()).isFalse();
    assertThat(slots.inUse()).isEqualTo(1);

    slots.giveBack();
    assertThat(slots.take()).isTrue();
    slots.resize(2);
    assertThat(slots.take()).isTrue();
    assertThat(slots.take()).isFalse();
  }
}
