package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitTimeTest {
  private static final QueryParameters NOTHING = new QueryParameters(Map.of(), Set.of("wait"));

  @ParameterizedTest
  @CsvSource({"20, PT20S", "20s, PT20S", "PT20S, PT20S", "0, PT0S", "5m, PT60S", "100ms, PT0.1S"})
  void readsTheParameter(String parameter, Duration time) {
    assertThat(WaitTime.of(query(parameter), null)).isEqualTo(time);
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
    assertThat(WaitTime.of(NOTHING, header)).isEqualTo(time);
  }

  @Test
  void doesNotWaitUnasked() {
    assertThat(WaitTime.of(NOTHING, null)).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({
    "'', MALFORMED",
    "soon, MALFORMED",
    "1e3, MALFORMED",
    "-1, VALIDATION_FAILED",
    "-PT5S, VALIDATION_FAILED"
  })
  void refusesAParameterThatIsNoTimeToCome(String parameter, ReasonCode code) {
    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> WaitTime.of(query(parameter), "wait=5"));

    assertThat(problem.errors())
        .extracting(Violation::pointer, Violation::code)
        .containsExactly(tuple("/wait", code));
  }

  private static QueryParameters query(String wait) {
    return new QueryParameters(Map.of("wait", new String[] {wait}), Set.of("wait"));
  }
}
