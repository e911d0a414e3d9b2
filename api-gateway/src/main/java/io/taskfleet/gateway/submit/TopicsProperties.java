package io.taskfleet.gateway.submit;

import io.taskfleet.wire.TopicLayout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The topics, where they are to be made; those that exist are left as they are.
 *
 * @param retention how long tasks and events are kept, whether done or not
 * @param deadLetterRetention how long dead letters are kept
 */
@Validated
@ConfigurationProperties("taskfleet.topics")
record TopicsProperties(
    @DefaultValue("12") @Min(1) @Max(10_000) int partitions,
    @DefaultValue("1") @Min(1) @Max(100) int replication,
    @DefaultValue("7d") Duration retention,
    @DefaultValue("30d") Duration deadLetterRetention) {

  TopicLayout layout() {
    return new TopicLayout(partitions, replication, retention, deadLetterRetention);
  }
}
