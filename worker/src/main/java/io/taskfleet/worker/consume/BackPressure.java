package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.wire.Topics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Bounds what is in flight. Each priority has its own bound, so that a backlog of one does not keep
 * the others from being taken; its partitions pause at the bound and resume at half of it.
 */
final class BackPressure {
  private static final class Load {
    int records;
    long bytes;
    long taken;
  }

  private final int maxRecords;
  private final long maxBytes;
  private final Map<Priority, Load> loads = new EnumMap<>(Priority.class);
  private final Set<Priority> full = EnumSet.noneOf(Priority.class);
  private Set<Priority> paused = EnumSet.noneOf(Priority.class);

  BackPressure(int maxRecords, long maxBytes) {
    this.maxRecords = maxRecords;
    this.maxBytes = maxBytes;
    for (Priority priority : Priority.values()) {
      loads.put(priority, new Load());
    }
  }

  void add(InFlight taken) {
    Load load = load(taken.priority);
    load.records++;
    load.taken++;
    load.bytes += taken.bytes;
    if (load.records >= maxRecords || load.bytes >= maxBytes) {
      full.add(taken.priority);
    }
  }

  void remove(InFlight finished) {
    Load load = load(finished.priority);
    load.records--;
    load.bytes -= finished.bytes;
    if (load.records <= maxRecords / 2 && load.bytes <= maxBytes / 2) {
      full.remove(finished.priority);
    }
  }

  /** Records in flight. */
  Map<Priority, Integer> records() {
    Map<Priority, Integer> records = new EnumMap<>(Priority.class);
    loads.forEach((priority, load) -> records.put(priority, load.records));
    return records;
  }

  /** Records ever added. */
  Map<Priority, Long> taken() {
    Map<Priority, Long> taken = new EnumMap<>(Priority.class);
    loads.forEach((priority, load) -> taken.put(priority, load.taken));
    return taken;
  }

  /** Whether the partitions of some priority must pause. */
  boolean isFull() {
    return !full.isEmpty();
  }

  /** Whether those of this one must. */
  boolean isFull(Priority priority) {
    return full.contains(priority);
  }

  /** Whether any partition is paused. */
  boolean isPausing() {
    return !paused.isEmpty();
  }

  /** Pauses and resumes what has changed. */
  void apply(Consumer<?, ?> consumer, boolean everything) {
    Set<Priority> wanted = everything ? EnumSet.allOf(Priority.class) : EnumSet.copyOf(full);
    if (!wanted.equals(paused)) {
      paused = wanted;
      reapply(consumer, everything);
    }
  }

  /** Pauses and resumes every partition anew, because the assignment has changed. */
  void reapply(Consumer<?, ?> consumer, boolean everything) {
    paused = everything ? EnumSet.allOf(Priority.class) : EnumSet.copyOf(full);
    List<TopicPartition> toPause = new ArrayList<>();
    List<TopicPartition> toResume = new ArrayList<>();
    for (TopicPartition partition : consumer.assignment()) {
      boolean pause = paused.contains(Topics.priority(partition.topic()));
      (pause ? toPause : toResume).add(partition);
    }
    consumer.pause(toPause);
    consumer.resume(toResume);
  }

  private Load load(Priority priority) {
    Load load = loads.get(priority);
    if (load == null) {
      throw new IllegalStateException("no load for " + priority);
    }
    return load;
  }
}
