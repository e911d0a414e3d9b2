package io.taskfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void tellPercentilesInMilliseconds() {
    Latencies latencies = new Latencies();

    for (int millis = 1; millis <= 100; millis++) {
      latencies.add(Duration.ofMillis(millis));
    }

    assertThat(latencies.count()).isEqualTo(100);
    assertThat(latencies.millis(50)).isCloseTo(50, within(0.1));
    assertThat(latencies.millis(99)).isCloseTo(99, within(0.1));
  }

  @Test
  void takeWhatClocksDisagreeAboutForNothing() {
    Latencies latencies = new Latencies();

    latencies.addMicros(-3);

    assertThat(latencies.millis(100)).isZero();
  }
}
