package io.taskfleet.worker.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReserveTest {
  private long now = -1;
  private final Reserve reserve = new Reserve(() -> now);

  @Test
  void nothingIsKeptBackBeforeTheFirstUrgentTask() {
    reserve.look();

    assertThat(reserve.of(64)).isZero();
  }

  @Test
  void oneInEightIsKeptForThirtySecondsAfterAnUrgentTask() {
    reserve.urgentStarted();

    pass(Duration.ofSeconds(30).minusNanos(1));
    assertThat(reserve.of(64)).isEqualTo(8);

    pass(Duration.ofNanos(1));
    assertThat(reserve.of(64)).isZero();
  }

  @Test
  void everyUrgentTaskProlongsIt() {
    reserve.urgentStarted();
    pass(Duration.ofSeconds(20));
    reserve.urgentStarted();

    pass(Duration.ofSeconds(20));

    assertThat(reserve.of(64)).isEqualTo(8);
  }

  @Test
  void aWorkerOfAFewPermitsKeepsNoneBack() {
    reserve.urgentStarted();
    reserve.look();

    assertThat(reserve.of(7)).isZero();
  }

  private void pass(Duration time) {
    now += time.toNanos();
    reserve.look();
  }
}
