package io.taskfleet.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Clock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdempotencyKeyTest {
  private static final Clock CLOCK = Clock.systemUTC();

  @Test
  void standsForTheSameTaskEachTime() {
    assertThat(new IdempotencyKey("order 7").taskId("acme", CLOCK))
        .isEqualTo(new IdempotencyKey("order 7").taskId("acme", CLOCK))
        .isNotEqualTo(new IdempotencyKey("order 7").taskId("other", CLOCK))
        .isNotEqualTo(new IdempotencyKey("order 7").taskId("acme", 0, CLOCK));
  }

  @Test
  void standsForAnotherTaskEachTimeWhenAbsent() {
    IdempotencyKey none = new IdempotencyKey(null);

    assertThat(none.taskId("acme", CLOCK)).isNotEqualTo(none.taskId("acme", CLOCK));
  }

  static Stream<String> badKeys() {
    return Stream.of("", "ä", "a\nb", "a\tb", "x".repeat(256));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void refusesWhatIsNotShortPrintableAscii(String key) {
    assertThatThrownBy(() -> new IdempotencyKey(key)).isInstanceOf(ProblemException.class);
  }
}
