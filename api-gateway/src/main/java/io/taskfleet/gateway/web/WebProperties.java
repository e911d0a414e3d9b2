package io.taskfleet.gateway.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long callers may take. Each limit is on top of {@code server.tomcat.connection-timeout},
 * which limits the pause between two bytes.
 *
 * @param headerTimeout from the first byte of a request to the end of its headers
 * @param bodyTimeout for the body of a request that is read as a whole
 */
@ConfigurationProperties("taskfleet.web")
record WebProperties(
    @DefaultValue("10s") Duration headerTimeout, @DefaultValue("20s") Duration bodyTimeout) {

  WebProperties {
    if (!headerTimeout.isPositive() || !bodyTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.web.header-timeout and taskfleet.web.body-timeout must be above zero");
    }
  }
}
