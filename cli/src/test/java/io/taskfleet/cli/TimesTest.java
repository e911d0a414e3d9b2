package io.taskfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimesTest {

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "90s, PT1M30S",
    "15m, PT15M",
    "2h, PT2H",
    "1d, PT24H",
    "PT1H30M, PT1H30M"
  })
  void readsDurationsAsPeopleWriteThem(String text, Duration expected) {
    assertThat(new Times.OfDuration().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "5", "-5s", "-PT5S", "1.5h", "99999999999s", "5 s"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> new Times.OfDuration().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void readsTimesOfAnyOffset() {
    assertThat(new Times.OfInstant().convert("2026-11-22T09:00:00+01:00"))
        .isEqualTo(Instant.parse("2026-11-22T08:00:00Z"));
    assertThatThrownBy(() -> new Times.OfInstant().convert("2026-11-22"))
        .isInstanceOf(TypeConversionException.class);
  }
}
