package io.taskfleet.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

  @Test
  void doublesUpToTheCap() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));

    assertThat(backoff.ceiling(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.ceiling(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.ceiling(4)).isEqualTo(Duration.ofSeconds(8));
    assertThat(backoff.ceiling(5)).isEqualTo(Duration.ofSeconds(10));
    assertThat(backoff.ceiling(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void staysWithinItsBoundsWhateverTheSettings(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Duration base = Duration.ofMillis(1 + random.nextLong(1L << random.nextInt(1, 45)));
      Duration cap = base.plusMillis(random.nextLong(1L << random.nextInt(1, 45)));
      int attempt = 1 + random.nextInt(1 << random.nextInt(1, 31));
      Backoff backoff = new Backoff(base, cap);

      assertThat(backoff.ceiling(attempt))
          .as("ceiling, seed %d: %s attempt %d", seed, backoff, attempt)
          .isBetween(base, cap)
          .isLessThanOrEqualTo(backoff.ceiling(attempt + 1));
      assertThat(backoff.delay(attempt, random))
          .as("delay, seed %d: %s attempt %d", seed, backoff, attempt)
          .isBetween(Duration.ZERO, backoff.ceiling(attempt));
    }
  }

  @Test
  void drawsFromTheWholeRange() {
    Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMillis(10));
    Random random = new Random(7);

    assertThat(random.ints(2_000).mapToObj(ignored -> backoff.delay(1, random).toMillis()))
        .contains(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void refusesARangeThatIsNone() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessageContaining("base");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessageContaining("cap");
  }
}
