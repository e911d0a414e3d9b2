package io.taskfleet.worker.topic;

import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/** Whether Kafka counts a consumer as a member of its group. Used by one poll loop's thread. */
public final class Membership {
  private static final String SILENCE = "last-heartbeat-seconds-ago";

  /** A few heartbeats, in seconds. */
  private static final double LONGEST = 12;

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private @Nullable Long begun;

  /** The consumer has been let in. */
  public void begin() {
    begun = System.nanoTime();
  }

  /** The consumer is another one now. */
  public void end() {
    begun = null;
  }

  /**
   * Whether the consumer has been let in and has had somebody to tell since that it lives. It tells
   * nobody while Kafka is away, or cannot form the group.
   */
  public boolean holds(Consumer<?, ?> consumer) {
    return begun != null && silence(consumer, begun) <= LONGEST;
  }

  /** In seconds; before the first heartbeat since the beginning. */
  private static double silence(Consumer<?, ?> consumer, long since) {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals(SILENCE))
        .map(Metric::metricValue)
        .filter(Double.class::isInstance)
        .mapToDouble(Double.class::cast)
        .filter(seconds -> seconds >= 0)
        .findAny()
        .orElseGet(() -> (System.nanoTime() - since) / SECOND);
  }
}
