package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SecurityPropertiesTest {

  @Test
  void refusesTheSampleKeyInProduction() {
    assertThatIllegalArgumentException()
        .isThrownBy(with("tf_development-only-not-a-secret")::refuseSamples)
        .withMessageContaining("taskfleet.security.initial-key");

    with("tf_0123456789012345678901").refuseSamples();
  }

  @Test
  void refusesAWeakKeyAndShowsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with("tf_short"))
        .withMessageContaining("taskfleet.security.initial-key");

    assertThat(with("tf_0123456789012345678901").toString()).doesNotContain("tf_");
  }

  private static SecurityProperties with(String initialKey) {
    Duration second = Duration.ofSeconds(1);
    return new SecurityProperties(initialKey, 1, second, second, second, second);
  }
}
