package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Two clocks are read one after the other. */
  private static final Duration NEAR = Duration.ofMillis(20);

  private final DatabaseClock clock = new DatabaseClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @Test
  void goesOnByItselfWhateverTheClockItBeganWithSays() {
    Instant before = clock.instant();

    assertThat(before).isAfterOrEqualTo(Instant.EPOCH);
    assertThat(clock.instant()).isAfter(before);
  }

  @Test
  void takesTheMiddleOfTheRoundTrip() {
    told(HOUR.toMillis(), 0, 200);

    assertThat(offset()).isCloseTo(HOUR.minusMillis(100), NEAR);
  }

  @Test
  void goesBackToo() {
    told(HOUR.toMillis(), 0, 0);

    told(-HOUR.toMillis(), 0, 0);

    assertThat(offset()).isCloseTo(HOUR.negated(), NEAR);
  }

  @Test
  void isLeftAloneBySmallDifferences() {
    told(49, 0, 0);
    told(-49, 0, 0);

    assertThat(offset()).isCloseTo(Duration.ZERO, NEAR);
  }

  @Test
  void isLeftAloneWhenTheAnswerTookLongerThanWhatItSeemsToBeOff() {
    told(100, 0, 5_000);
    told(4_900, 0, 5_000);

    assertThat(offset()).isCloseTo(Duration.ZERO, NEAR);
  }

  /** In milliseconds. */
  private void told(long time, long asked, long answered) {
    clock.told(
        Instant.ofEpochMilli(time), Instant.ofEpochMilli(asked), Instant.ofEpochMilli(answered));
  }

  private Duration offset() {
    return Duration.between(clock.own(), clock.instant());
  }
}
