package io.taskfleet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void pausesARandomTimeBelowABoundThatDoublesUpToItsCap(long seed) {
    Backoff backoff = new Backoff(RetryPolicy.DEFAULT, new Random(seed));
    Duration longest = Duration.ZERO;
    for (int tries = 1; tries <= 100; tries++) {
      Duration pause = backoff.after(tries, null);
      Duration bound = Duration.ofMillis(200L << Math.min(tries - 1, 20));

      assertThat(pause)
          .as("seed %d, try %d", seed, tries)
          .isBetween(Duration.ZERO, bound)
          .isLessThanOrEqualTo(RetryPolicy.DEFAULT.longestPause());
      longest = pause.compareTo(longest) > 0 ? pause : longest;
    }
    assertThat(longest).as("seed %d", seed).isGreaterThan(Duration.ofSeconds(5));
  }

  @Test
  void neverPausesShorterThanIsWanted() {
    Backoff backoff = new Backoff(RetryPolicy.DEFAULT, new Random(7));
    for (int tries = 1; tries <= 100; tries++) {
      assertThat(backoff.after(tries, Duration.ofSeconds(3)))
          .isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_200));
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      delimiter = '|',
      value = {
        "0 | PT0S",
        "120 | PT2M",
        "Sun, 22 Nov 2026 12:00:30 GMT | PT30S",
        "Sun, 22 Nov 2026 11:00:00 GMT | PT0S",
        "-1 | none",
        "1.5 | none",
        "99999999999999999999 | none",
        "soon | none"
      })
  void readsRetryAfter(String value, Duration expected) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("retry-after", List.of(value)), (name, text) -> true);

    assertThat(RetryAfter.in(headers, NOON)).isEqualTo(expected);
  }
}
