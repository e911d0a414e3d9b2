package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.telemetry.Backlog;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions a poll loop owns now, each with its window. */
final class Assignment {
  private static final Logger log = LoggerFactory.getLogger(Assignment.class);

  private final Map<TopicPartition, Window> windows = new HashMap<>();
  private final int maxInFlight;

  /**
   * Nothing yet.
   *
   * @param maxInFlight what a partition's last owner had in flight at most
   */
  Assignment(int maxInFlight) {
    this.maxInFlight = maxInFlight;
  }

  /**
   * Takes these partitions in.
   *
   * @param ends where they end now, if that is known
   */
  void add(Collection<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
    for (TopicPartition partition : partitions) {
      long end = ends.getOrDefault(partition, Long.MAX_VALUE);
      windows.put(partition, new Window(maxInFlight, end));
    }
  }

  /** A record that has been the lowest of its partition for longer than this, if one has. */
  @Nullable InFlight stuck(long now, long patienceNanos) {
    return windows.values().stream()
        .map(window -> window.stuck(now, patienceNanos))
        .filter(Objects::nonNull)
        .findAny()
        .orElse(null);
  }

  /** What waits; costs no call to the broker. */
  Backlog backlog(Consumer<?, ?> consumer) {
    Map<Priority, Long> lag = new EnumMap<>(Priority.class);
    long widest = 0;
    long oldestWaiting = Long.MAX_VALUE;
    for (TopicPartition partition : consumer.assignment()) {
      long behind = consumer.currentLag(partition).orElse(0);
      lag.merge(Topics.priority(partition.topic()), behind, Long::sum);
    }
    for (Window window : windows.values()) {
      widest = Math.max(widest, window.span());
      oldestWaiting = Math.min(oldestWaiting, window.oldestWaiting());
    }
    return new Backlog(lag, widest, oldestWaiting);
  }

  /** The window that this record belongs to. */
  Window windowOf(ConsumerRecord<?, ?> record) {
    Window window = windows.get(new TopicPartition(record.topic(), record.partition()));
    if (window == null) {
      throw new IllegalStateException("a record of a partition that is not assigned");
    }
    return window;
  }

  Collection<TopicPartition> partitions() {
    return List.copyOf(windows.keySet());
  }

  /** Whether anything of these partitions is with an attempt or with the ledger. */
  boolean isUnderway(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .map(windows::get)
        .anyMatch(window -> window != null && window.underway > 0);
  }

  /** Gives up what waits in these partitions, so that nothing more of them is started. */
  void dropWaiting(Collection<TopicPartition> partitions) {
    partitions.stream().map(windows::get).filter(Objects::nonNull).forEach(Window::dropWaiting);
  }

  /** Gives these partitions up, with everything unfinished in them. */
  void drop(Collection<TopicPartition> partitions, java.util.function.Consumer<InFlight> dropped) {
    for (TopicPartition partition : partitions) {
      Window window = windows.remove(partition);
      if (window != null) {
        window.drop(dropped);
      }
    }
  }

  /** Commits what has been finished since the last time, without waiting. */
  void commitAsync(Consumer<?, ?> consumer) {
    Commit due = Commit.due(windows);
    if (!due.isEmpty()) {
      consumer.commitAsync(due.offsets(), (_, failure) -> due.ended(failure));
    }
  }

  /** Commits what has been finished in these partitions; if that fails, records come again. */
  void commitSync(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions, Duration patience) {
    Map<TopicPartition, Window> leaving = new HashMap<>(windows);
    leaving.keySet().retainAll(partitions);
    Commit due = Commit.due(leaving);
    if (!due.isEmpty()) {
      try {
        consumer.commitSync(due.offsets(), patience);
      } catch (KafkaException e) {
        log.warn("offsets not committed, records come again: {}", e.toString());
      }
    }
  }
}
