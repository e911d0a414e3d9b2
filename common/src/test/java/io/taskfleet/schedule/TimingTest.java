package io.taskfleet.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimingTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  @Test
  void everyKeepsToItsAnchorHoweverLateItIsAsked() {
    Timing timing = new Timing.Every(NOON, Duration.ofMinutes(7));

    assertThat(timing.next(NOON)).contains(NOON.plusSeconds(420));
    assertThat(timing.next(NOON.plusSeconds(419))).contains(NOON.plusSeconds(420));
    assertThat(timing.next(NOON.plusSeconds(420))).contains(NOON.plusSeconds(840));
    assertThat(timing.next(NOON.plusSeconds(1_000_000)))
        .contains(NOON.plusSeconds(420 * (1_000_000 / 420 + 1)));
  }

  @Test
  void everyDoesNotFireBeforeItsFirstPeriodHasPassed() {
    Timing timing = new Timing.Every(NOON, Duration.ofDays(1));

    assertThat(timing.next(NOON.minusMillis(5))).contains(NOON.plus(Duration.ofDays(1)));
  }

  @Test
  void everyGoesForwardByItsPeriod() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      Duration period = Duration.ofMillis(random.nextLong(1_000, 31_622_400_000L));
      Timing timing = new Timing.Every(NOON, period);
      Instant asked = NOON.plusMillis(random.nextLong(0, 315_360_000_000L));

      Instant first = timing.next(asked).orElseThrow();

      assertThat(first).as("seed %d", seed).isAfter(asked).isBeforeOrEqualTo(asked.plus(period));
      assertThat(timing.next(first)).as("seed %d", seed).contains(first.plus(period));
    }
  }

  @Test
  void atFiresOnce() {
    Timing timing = new Timing.At(NOON);

    assertThat(timing.next(NOON.minusNanos(1))).contains(NOON);
    assertThat(timing.next(NOON)).isEmpty();
  }

  @Test
  void nothingFiresAtItsEndOrAfter() {
    Timing timing = new Timing.Every(NOON, Duration.ofHours(1)).until(NOON.plusSeconds(7_200));

    assertThat(timing.next(NOON)).contains(NOON.plusSeconds(3_600));
    assertThat(timing.next(NOON.plusSeconds(3_600))).isEmpty();
    assertThat(new Timing.At(NOON).until(null).next(Instant.EPOCH)).contains(NOON);
  }
}
