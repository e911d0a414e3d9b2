package io.taskfleet.worker;

import io.taskfleet.wire.TopicLayout;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How topics are created that do not exist yet.
 *
 * @param retention longer than the longest retry
 */
@ConfigurationProperties("taskfleet.topics")
record TopicsProperties(
    @DefaultValue("12") int partitions,
    @DefaultValue("1") int replication,
    @DefaultValue("7d") Duration retention,
    @DefaultValue("30d") Duration deadLetterRetention) {
  // Kafka's segment.ms. It deletes whole segments, when the youngest record in them is old enough.
  private static final Duration SEGMENT = Duration.ofDays(7);

  /** How long a record of a task can be read at most. */
  Duration longestKept() {
    return retention.plus(SEGMENT);
  }

  TopicLayout layout() {
    return new TopicLayout(partitions, replication, retention, deadLetterRetention);
  }

  /** Refuses to keep tasks for a shorter time than they may be tried again. */
  void requireKept(Duration longestRetry) {
    if (retention.compareTo(longestRetry) < 0) {
      throw new IllegalArgumentException(
          "taskfleet.topics.retention must not be below the longest taskfleet.worker total-time, "
              + longestRetry);
    }
  }
}
