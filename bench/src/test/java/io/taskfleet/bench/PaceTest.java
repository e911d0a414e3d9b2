package io.taskfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void isFixedInAdvance() {
    Pace pace = new Pace(200);

    assertThat(Duration.between(pace.time(0), pace.time(400))).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void lateOnesAreNotWaitedFor() {
    Pace pace = new Pace(1_000_000);

    pace.await(1_000);
    pace.await(0);

    assertThat(pace.since(0)).isGreaterThanOrEqualTo(Duration.ofMillis(1));
  }
}
