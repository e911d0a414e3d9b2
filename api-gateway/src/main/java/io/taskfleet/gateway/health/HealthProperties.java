package io.taskfleet.gateway.health;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How servers are watched.
 *
 * @param every the pause between two questions
 * @param patience how long a server may take to answer
 * @param overdue after how long without an answer a server counts as down
 * @param startup how long the start waits for Kafka's first answer
 */
@ConfigurationProperties("taskfleet.health")
record HealthProperties(
    @DefaultValue("1s") Duration every,
    @DefaultValue("1s") Duration patience,
    @DefaultValue("6s") Duration overdue,
    @DefaultValue("10s") Duration startup) {

  HealthProperties {
    if (!every.isPositive() || !patience.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.health.every and taskfleet.health.patience must be above zero");
    }
    if (overdue.compareTo(every.plus(patience)) <= 0) {
      throw new IllegalArgumentException(
          "taskfleet.health.overdue must be longer than every and patience together");
    }
  }
}
