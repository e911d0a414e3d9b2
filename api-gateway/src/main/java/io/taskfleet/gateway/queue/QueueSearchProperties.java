package io.taskfleet.gateway.queue;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How tasks are looked up on their topics.
 *
 * @param patience how long a request waits for the answer
 * @param atOnce how many search side by side
 * @param waiting how many may wait for their turn
 * @param records what one search looks through at most
 * @param bytes the same in bytes
 * @param before how much earlier than its id says a task is looked for
 * @param after how much later it is looked for first
 */
@Validated
@ConfigurationProperties("taskfleet.queue-search")
record QueueSearchProperties(
    @DefaultValue("1s") Duration patience,
    @DefaultValue("2") @Min(1) int atOnce,
    @DefaultValue("100") @Min(1) int waiting,
    @DefaultValue("100000") @Min(1) int records,
    @DefaultValue("64MB") DataSize bytes,
    @DefaultValue("1s") Duration before,
    @DefaultValue("5s") Duration after) {

  QueueSearchProperties {
    if (!patience.isPositive() || before.isNegative() || after.isNegative()) {
      throw new IllegalArgumentException(
          "taskfleet.queue-search.patience must be above zero, and before and after not below");
    }
  }
}
