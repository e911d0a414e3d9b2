package io.taskfleet.worker.outbound;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Calls to addresses that callers choose.
 *
 * @param allowNonPublic whether loopback, private and other special addresses may be called; for
 *     development
 * @param connections how many at once
 * @param connectionsPerHost how many of these to one host and port
 * @param lookupTimeout for resolving a name
 * @param connectTimeout for each of the few addresses of a host that are tried, and for TLS
 */
@Validated
@ConfigurationProperties("taskfleet.outbound")
public record OutboundProperties(
    @DefaultValue("false") boolean allowNonPublic,
    @DefaultValue("100") @Min(1) int connections,
    @DefaultValue("30") @Min(1) int connectionsPerHost,
    @DefaultValue("3s") Duration lookupTimeout,
    @DefaultValue("3s") Duration connectTimeout) {

  /** Checks that no wait is endless, and that one host cannot take all connections. */
  public OutboundProperties {
    requirePositive(lookupTimeout, "taskfleet.outbound.lookup-timeout");
    requirePositive(connectTimeout, "taskfleet.outbound.connect-timeout");
    if (connectionsPerHost > connections) {
      throw new IllegalArgumentException(
          "taskfleet.outbound.connections-per-host must not exceed taskfleet.outbound.connections");
    }
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }
}
