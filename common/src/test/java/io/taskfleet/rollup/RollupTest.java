package io.taskfleet.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RollupTest {

  @ParameterizedTest
  @CsvSource({
    "1m, 2026-11-22T10:59:59.999999Z, 2026-11-22T10:59:00Z",
    "1m, 2026-11-22T10:59:00Z, 2026-11-22T10:59:00Z",
    "1h, 2026-11-22T10:59:59Z, 2026-11-22T10:00:00Z",
    "1d, 2026-11-22T23:59:59Z, 2026-11-22T00:00:00Z",
    "1d, 2024-02-29T12:00:00Z, 2024-02-29T00:00:00Z",
    "1d, 1969-12-31T12:00:00Z, 1969-12-31T00:00:00Z",
    "1h, -0001-06-01T00:30:00Z, -0001-06-01T00:00:00Z"
  })
  void aBucketBeginsAtAWholeMinuteHourOrDay(String label, Instant at, Instant start) {
    assertThat(Rollup.of(label).start(at)).isEqualTo(start);
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsLabel(Rollup rollup) {
    assertThat(Rollup.of(rollup.label())).isEqualTo(rollup);
  }

  @Test
  void eachLengthHoldsTheShorterOnesWhole() {
    assertThat(Rollup.HOUR.length().dividedBy(Rollup.MINUTE.length())).isEqualTo(60);
    assertThat(Rollup.DAY.length().dividedBy(Rollup.HOUR.length())).isEqualTo(24);
  }
}
