package io.taskfleet.worker.http;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls are made.
 *
 * @param timeout for a whole call
 */
@ConfigurationProperties("taskfleet.http")
public record HttpCallProperties(@DefaultValue("30s") Duration timeout) {

  /** Checks that no call can be endless. */
  public HttpCallProperties {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("taskfleet.http.timeout must be positive");
    }
  }
}
