package io.taskfleet.worker.notification;

import io.taskfleet.task.SingleLine;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How notifications are delivered.
 *
 * @param signingSecret {@code whsec_} and the key, 24 to 64 bytes, in Base64; receivers verify with
 *     the same
 * @param timeout for a whole call
 * @param disableEndpointAfter after how long without a call that succeeds a registered endpoint is
 *     not called any more
 * @param emailSubject of mails to users, when the notification has no title
 */
@Validated
@ConfigurationProperties("taskfleet.notification")
public record NotificationProperties(
    @NotNull(message = "must be set: whsec_ and 24 to 64 random bytes in Base64") @Pattern(
            regexp = "whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
            message = "must be whsec_ and 24 to 64 random bytes in Base64")
        String signingSecret,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("5d") Duration disableEndpointAfter,
    @DefaultValue("Notification") @NotBlank @Size(max = 200) @SingleLine String emailSubject) {

  private static final String PREFIX = "whsec_";
  private static final String SAMPLE = "development-only";

  /** Checks that no call can be endless, and that no endpoint is given up at once. */
  public NotificationProperties {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("taskfleet.notification.timeout must be positive");
    }
    if (!disableEndpointAfter.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.notification.disable-endpoint-after must be positive");
    }
  }

  /** Refuses to go on with the key that everybody can read in the examples. */
  public void refuseSample() {
    byte[] key = Base64.getDecoder().decode(signingSecret.substring(PREFIX.length()));
    if (new String(key, StandardCharsets.ISO_8859_1).startsWith(SAMPLE)) {
      throw new IllegalArgumentException(
          "taskfleet.notification.signing-secret is the sample, which is no secret");
    }
  }

  @Override
  public String toString() {
    return "NotificationProperties[timeout=" + timeout + "]";
  }
}
