package io.taskfleet.gateway.submit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SubmitPropertiesTest {

  @Test
  void refusesADeadlineAndPatienceBeyondTwoSeconds() {
    assertThatThrownBy(() -> properties(Duration.ofMillis(1_951)))
        .hasMessageContaining("taskfleet.submit.deadline");
  }

  @Test
  void refusesAProducerSlowerThanTheDeadline() {
    SubmitProperties properties = properties(Duration.ofSeconds(1));

    assertThatThrownBy(
            () -> properties.requireQuicker(Duration.ofMillis(300), Duration.ofMillis(701)))
        .hasMessageContaining("delivery.timeout.ms");
    assertThatCode(() -> properties.requireQuicker(Duration.ofMillis(300), Duration.ofMillis(700)))
        .doesNotThrowAnyException();
  }

  private static SubmitProperties properties(Duration deadline) {
    return new SubmitProperties(deadline, 1, Duration.ofMillis(50), 1);
  }
}
