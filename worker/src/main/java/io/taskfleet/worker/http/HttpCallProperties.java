package io.taskfleet.worker.http;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls are made.
 *
 * @param timeout for a whole call that names none of its own
 * @param fallbackTimeToLive how long the last good reply is kept for calls that fall back on it
 */
@ConfigurationProperties("taskfleet.http")
public record HttpCallProperties(
    @DefaultValue("30s") Duration timeout, @DefaultValue("24h") Duration fallbackTimeToLive) {

  /** Checks that no call can be endless. */
  public HttpCallProperties {
    requirePositive(timeout, "taskfleet.http.timeout");
    requirePositive(fallbackTimeToLive, "taskfleet.http.fallback-time-to-live");
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }
}
