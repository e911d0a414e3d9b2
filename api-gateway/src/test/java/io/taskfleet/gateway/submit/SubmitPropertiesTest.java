package io.taskfleet.gateway.submit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SubmitPropertiesTest {

  @Test
  void refusesADeadlineBeyondTwoSeconds() {
    assertThatThrownBy(() -> new SubmitProperties(Duration.ofMillis(2_001), 1))
        .hasMessageContaining("taskfleet.submit.deadline");
  }

  @Test
  void refusesAProducerSlowerThanTheDeadline() {
    SubmitProperties properties = new SubmitProperties(Duration.ofSeconds(1), 1);

    assertThatThrownBy(
            () -> properties.requireQuicker(Duration.ofMillis(300), Duration.ofMillis(701)))
        .hasMessageContaining("delivery.timeout.ms");
    assertThatCode(() -> properties.requireQuicker(Duration.ofMillis(300), Duration.ofMillis(700)))
        .doesNotThrowAnyException();
  }
}
