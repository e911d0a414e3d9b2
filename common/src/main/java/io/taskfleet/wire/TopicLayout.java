package io.taskfleet.wire;

import io.taskfleet.task.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How the fleet's topics are made. Gateway and worker both create what is missing, so both must
 * describe it alike.
 *
 * @param partitions of every topic of tasks, from 1
 * @param replication copies of every partition, from 1
 * @param retention how long tasks and events are kept; longer than a task may wait
 * @param deadLetterRetention how long dead letters can be redriven
 */
public record TopicLayout(
    int partitions, int replication, Duration retention, Duration deadLetterRetention) {

  /**
   * The largest batch of tasks a topic takes, in bytes as compressed: a whole HTTP body and its
   * headers. Of a dead-letter topic twice as much, since a record comes back with more headers and
   * perhaps less compressed than it went in.
   */
  public static final int MAX_TASK_BYTES = 1_310_720;

  /**
   * Partitions of the lifecycle events at most. Each gateway reads all of them, so that more would
   * only make batches smaller, and batches are what the broker's time goes into.
   */
  private static final int EVENT_PARTITIONS = 3;

  public TopicLayout {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be 1 or more");
    }
    if (replication < 1 || replication > Short.MAX_VALUE) {
      throw new IllegalArgumentException("replication must be 1 or more");
    }
    if (!retention.isPositive() || !deadLetterRetention.isPositive()) {
      throw new IllegalArgumentException("retention must be above zero");
    }
  }

  /** The topics of these task types, and the one for lifecycle events. */
  public List<NewTopic> topics(Collection<String> types) {
    List<NewTopic> topics = new ArrayList<>();
    for (String type : types) {
      for (Priority priority : Priority.values()) {
        topics.add(topic(Topics.of(type, priority), partitions, retention, MAX_TASK_BYTES));
      }
      topics.add(
          topic(Topics.deadLetter(type), partitions, deadLetterRetention, 2 * MAX_TASK_BYTES));
    }
    int few = Math.min(partitions, EVENT_PARTITIONS);
    topics.add(topic(Topics.EVENTS, few, retention, MAX_TASK_BYTES));
    return List.copyOf(topics);
  }

  private NewTopic topic(String name, int count, Duration keep, int maxBytes) {
    return new NewTopic(name, count, (short) replication)
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(keep.toMillis()),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(maxBytes),
                // One broker may be down and records are still on two of three.
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                Integer.toString(Math.max(1, replication - 1))));
  }
}
