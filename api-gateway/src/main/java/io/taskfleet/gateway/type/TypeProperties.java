package io.taskfleet.gateway.type;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How types that are not built in are learnt of.
 *
 * @param renewInterval how often Postgres is asked
 */
@ConfigurationProperties("taskfleet.task-types")
record TypeProperties(@DefaultValue("2s") Duration renewInterval) {
  TypeProperties {
    if (!renewInterval.isPositive()) {
      throw new IllegalArgumentException("taskfleet.task-types.renew-interval must be above zero");
    }
  }
}
