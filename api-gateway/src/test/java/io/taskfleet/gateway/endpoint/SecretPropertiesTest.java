package io.taskfleet.gateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.secret.SealKeys;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class SecretPropertiesTest {
  private static final SecretProperties NONE = new SecretProperties(Map.of(), null);

  private final EndpointConfiguration configuration = new EndpointConfiguration();

  @Test
  void productionDemandsAKey() {
    MockEnvironment production = new MockEnvironment();
    production.setActiveProfiles("production");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration.sealKeys(NONE, production))
        .withMessageContaining("taskfleet.secrets.keys must be set");
  }

  @Test
  void withoutAKeyNothingIsRegistered() {
    SealKeys none = configuration.sealKeys(NONE, new MockEnvironment());

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(
            () ->
                new SigningKeys(none, Clock.systemUTC())
                    .next("acme", UUID.fromString("01a1fe24-8f69-798a-b174-0f5664c32482")))
        .withMessageContaining("taskfleet.secrets.keys");
  }

  @Test
  void tellsNoKeyToWhoeverPrintsIt() {
    assertThat(
            new SecretProperties(
                Map.of("one", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="), null))
        .hasToString("SecretProperties[keys=[one], sealWith=null]");
  }
}
