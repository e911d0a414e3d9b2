package io.taskfleet.gateway.security;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How keys are checked.
 *
 * @param initialKey stored as the first key, instead of a random one, when there is no key
 * @param cachedKeys how many keys, good ones and others, are remembered
 * @param renewEvery after how long a revoked key stops working
 * @param forgetAfter how long a key that nobody uses is remembered
 * @param refusalsCachedFor how long an unknown key is refused without asking again
 * @param lookupTimeout how long a request waits for its turn to ask
 */
@Validated
@ConfigurationProperties("taskfleet.security")
record SecurityProperties(
    @Nullable String initialKey,
    @DefaultValue("10000") @Min(1) int cachedKeys,
    @DefaultValue("60s") Duration renewEvery,
    @DefaultValue("24h") Duration forgetAfter,
    @DefaultValue("5s") Duration refusalsCachedFor,
    @DefaultValue("1s") Duration lookupTimeout) {

  SecurityProperties {
    initialKey = initialKey == null || initialKey.isEmpty() ? null : initialKey;
    if (initialKey != null && !KeyText.isKey(initialKey)) {
      throw new IllegalArgumentException(
          "taskfleet.security.initial-key must be tf_ and 22 to 128 characters of base64url");
    }
  }

  /** Refuses the key that everybody can read in docker-compose.yml. */
  void refuseSamples() {
    if (initialKey != null && initialKey.contains("development-only")) {
      throw new IllegalArgumentException("taskfleet.security.initial-key is the sample key");
    }
  }

  @Override
  public String toString() {
    return "SecurityProperties[cachedKeys=" + cachedKeys + ", renewEvery=" + renewEvery + "]";
  }
}
