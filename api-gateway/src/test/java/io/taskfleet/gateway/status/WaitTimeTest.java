package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitTimeTest {

  @ParameterizedTest
  @CsvSource({"20, PT20S", "20s, PT20S", "PT20S, PT20S", "0, PT0S", "5m, PT60S", "100ms, PT0.1S"})
  void readsTheParameter(String parameter, Duration time) {
    assertThat(WaitTime.of(parameter, null)).isEqualTo(time);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=20|PT20S",
        "respond-async, wait=10|PT10S",
        "wait = 5 ; x=y, return=minimal|PT5S",
        "wait=600|PT60S",
        "return=minimal|PT0S",
        "await=20|PT0S",
        "wait=soon|PT0S",
      })
  void readsThePreference(String header, Duration time) {
    assertThat(WaitTime.of(null, header)).isEqualTo(time);
  }

  @Test
  void doesNotWaitUnasked() {
    assertThat(WaitTime.of(null, null)).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "-PT5S", "1e3"})
  void refusesAParameterThatIsNoDuration(String parameter) {
    assertThatThrownBy(() -> WaitTime.of(parameter, "wait=5")).isInstanceOf(ProblemException.class);
  }
}
