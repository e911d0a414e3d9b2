package io.taskfleet.worker.outbound;

import io.taskfleet.destination.Destinations;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Calls to addresses that callers choose.
 *
 * @param allowedNetworks what may be called though it is not public, as {@code 10.1.0.0/16}
 * @param proxy the one way out, as {@code http://user:password@host:port}; null if there is no
 *     proxy
 * @param connections how many at once
 * @param connectionsPerHost how many of these to one host and port
 * @param lookupTimeout for resolving a name
 * @param connectTimeout for each of the few addresses of a host that are tried, and for TLS
 */
@Validated
@ConfigurationProperties("taskfleet.outbound")
public record OutboundProperties(
    @DefaultValue List<String> allowedNetworks,
    @Nullable URI proxy,
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
    if (proxy != null && !isProxy(proxy)) {
      throw new IllegalArgumentException(
          "taskfleet.outbound.proxy must be http://host:port, with user:password@ if need be");
    }
    try {
      Object _ = Destinations.publicAnd(allowedNetworks);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "taskfleet.outbound.allowed-networks: " + e.getMessage(), e);
    }
  }

  /** Where calls may lead. */
  public Destinations destinations() {
    return Destinations.publicAnd(allowedNetworks);
  }

  private static boolean isProxy(URI proxy) {
    return "http".equalsIgnoreCase(proxy.getScheme())
        && proxy.getHost() != null
        && proxy.getPort() > 0
        && (proxy.getRawPath().isEmpty() || proxy.getRawPath().equals("/"));
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }

  // The proxy's URL may hold a password.
  @Override
  public String toString() {
    return "OutboundProperties[allowedNetworks="
        + allowedNetworks
        + ", proxy="
        + (proxy == null ? "none" : proxy.getHost() + ':' + proxy.getPort())
        + "]";
  }
}
