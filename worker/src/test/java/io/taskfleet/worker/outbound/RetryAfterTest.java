package io.taskfleet.worker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | PT0S",
        "120 | PT2M",
        "' 7 ' | PT7S",
        "86400 | PT1H",
        "99999999999999999999999 | PT1H",
        "Sat, 21 Nov 2026 12:00:30 GMT | PT30S",
        "Sat, 21 Nov 2026 11:00:00 GMT | PT0S",
        "Sun, 21 Nov 2027 12:00:00 GMT | PT1H",
        "-1 |",
        "1.5 |",
        "soon |",
        "'' |",
        "Mon, 21 Nov 2026 12:00:30 GMT |",
        "|",
      })
  void readsSecondsAndDatesUpToAnHour(@Nullable String header, @Nullable Duration expected) {
    assertThat(RetryAfter.parse(header, NOW)).isEqualTo(expected);
  }
}
