package io.taskfleet.gateway.submit;

import io.taskfleet.destination.Destinations;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where URLs in tasks may lead; as in the workers, who call them.
 *
 * @param allowedNetworks what may be called though it is not public
 */
@ConfigurationProperties("taskfleet.outbound")
record OutboundProperties(@DefaultValue List<String> allowedNetworks) {

  /** Checks that each is a network. */
  OutboundProperties {
    try {
      Object _ = Destinations.publicAnd(allowedNetworks);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "taskfleet.outbound.allowed-networks: " + e.getMessage(), e);
    }
  }

  Destinations destinations() {
    return Destinations.publicAnd(allowedNetworks);
  }
}
