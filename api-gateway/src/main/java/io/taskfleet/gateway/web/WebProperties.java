package io.taskfleet.gateway.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long callers may take, and how much may come from all of them. Each limit in time is on top
 * of {@code server.tomcat.connection-timeout}, which limits the pause between two bytes.
 *
 * @param headerTimeout from the first byte of a request to the end of its headers
 * @param bodyTimeout for the body of a request that is read as a whole
 * @param bodies how much of such bodies is held at once; while one is worked on it takes several
 *     times as much memory
 */
@ConfigurationProperties("taskfleet.web")
record WebProperties(
    @DefaultValue("10s") Duration headerTimeout,
    @DefaultValue("20s") Duration bodyTimeout,
    @DefaultValue("64MB") DataSize bodies) {
  // The largest body must find room, and all of them in an int.
  private static final DataSize LARGEST_ROOM = DataSize.ofGigabytes(1);

  WebProperties {
    if (!headerTimeout.isPositive() || !bodyTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.web.header-timeout and taskfleet.web.body-timeout must be above zero");
    }
    if (bodies.toBytes() < JsonBody.MAX_BYTES || bodies.compareTo(LARGEST_ROOM) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.web.bodies must be " + JsonBody.MAX_BYTES + " bytes to " + LARGEST_ROOM);
    }
  }
}
