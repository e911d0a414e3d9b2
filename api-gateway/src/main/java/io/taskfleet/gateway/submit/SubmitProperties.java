package io.taskfleet.gateway.submit;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How tasks are accepted.
 *
 * @param deadline how long a request waits for Kafka, at most two seconds together with its
 *     patience
 * @param atOnce how many requests wait for Kafka side by side
 * @param patience how long one more waits for its turn
 * @param retryAfterSeconds what a caller is told when Kafka is away
 */
@Validated
@ConfigurationProperties("taskfleet.submit")
record SubmitProperties(
    @DefaultValue("1900ms") Duration deadline,
    @DefaultValue("512") @Min(1) int atOnce,
    @DefaultValue("50ms") Duration patience,
    @DefaultValue("2") @Min(1) int retryAfterSeconds) {
  private static final Duration LONGEST = Duration.ofSeconds(2);

  SubmitProperties {
    if (!deadline.isPositive() || patience.isNegative()) {
      throw new IllegalArgumentException(
          "taskfleet.submit.deadline must be above zero, taskfleet.submit.patience not below");
    }
    if (deadline.plus(patience).compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.submit.deadline and patience together must be at most " + LONGEST);
    }
  }

  /** Refuses a producer that may still be trying when the caller has been told it failed. */
  void requireQuicker(Duration block, Duration delivery) {
    if (block.plus(delivery).compareTo(deadline) > 0) {
      throw new IllegalArgumentException(
          "spring.kafka.producer.properties: max.block.ms and delivery.timeout.ms together must not"
              + " be longer than taskfleet.submit.deadline, "
              + deadline);
    }
  }
}
