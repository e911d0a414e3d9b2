package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Duration GAP = Duration.ofMillis(100);

  private final SettableClock clock = new SettableClock();
  private final Turns turns = new Turns(clock);

  @Test
  void comeOneAfterTheOther() {
    assertThat(turns.next(Duration.ZERO, GAP)).isEqualTo(Duration.ofSeconds(1));
    assertThat(turns.next(Duration.ZERO, GAP)).isEqualTo(Duration.ofMillis(1_100));
    clock.advance(Duration.ofMillis(500));
    assertThat(turns.next(Duration.ZERO, GAP)).isEqualTo(Duration.ofSeconds(1));
    assertThat(turns.next(Duration.ofSeconds(10), GAP)).isEqualTo(Duration.ofSeconds(10));
    assertThat(turns.next(Duration.ofSeconds(10), GAP)).isEqualTo(Duration.ofMillis(10_100));
  }

  @Test
  void startOverRatherThanLieFarAhead() {
    for (int i = 0; i < 100_000; i++) {
      assertThat(turns.next(Duration.ZERO, GAP))
          .isBetween(Turns.SOON, Turns.SOON.plus(Turns.SPREAD));
    }
  }
}
