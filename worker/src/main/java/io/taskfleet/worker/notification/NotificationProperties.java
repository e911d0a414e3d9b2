package io.taskfleet.worker.notification;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How notifications are delivered.
 *
 * @param signingSecret {@code whsec_} and the key, 24 to 64 bytes, in Base64; receivers verify with
 *     the same
 * @param timeout for a whole call
 */
@Validated
@ConfigurationProperties("taskfleet.notification")
public record NotificationProperties(
    @NotNull(message = "must be set: whsec_ and 24 to 64 random bytes in Base64") @Pattern(
            regexp = "whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
            message = "must be whsec_ and 24 to 64 random bytes in Base64")
        String signingSecret,
    @DefaultValue("10s") Duration timeout) {

  /** Checks that no call can be endless. */
  public NotificationProperties {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("taskfleet.notification.timeout must be positive");
    }
  }

  @Override
  public String toString() {
    return "NotificationProperties[timeout=" + timeout + "]";
  }
}
