package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.wire.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Everything one loop has taken and not finished, by window, by load and by task id. */
final class InFlights {
  private final BackPressure pressure;
  private final Map<UUID, InFlight> byId = new HashMap<>();
  private long duplicates;

  /** Ids of tasks of which something has become known since somebody began to watch. */
  private final Set<UUID> outdated = new HashSet<>();

  private boolean watching;

  InFlights(BackPressure pressure) {
    this.pressure = pressure;
  }

  /** Takes a record into its window. */
  InFlight take(ConsumerRecord<byte[], byte @Nullable []> record, Window window) {
    InFlight taken = new InFlight(record, window, Topics.priority(record.topic()));
    window.add(taken);
    pressure.add(taken);
    return taken;
  }

  /** The record that brought this task, if it is still here. */
  @Nullable InFlight find(UUID id) {
    return byId.get(id);
  }

  /** Begins to watch which tasks end here, or are cancelled. */
  void watch() {
    outdated.clear();
    watching = true;
  }

  /** Whether what was asked about this task since then may be outdated. */
  boolean isOutdated(UUID id) {
    return outdated.contains(id);
  }

  /** This task, which is not here, was cancelled. */
  void missed(UUID id) {
    if (watching) {
      outdated.add(id);
    }
  }

  private void go(UUID id, InFlight taken) {
    if (byId.remove(id, taken) && watching) {
      outdated.add(id);
    }
  }

  /** Stops watching. */
  void unwatch() {
    outdated.clear();
    watching = false;
  }

  /** Remembers which task a record brought. */
  void remember(InFlight taken, Task task) {
    taken.brought(task);
    byId.put(task.id(), taken);
  }

  /** It is back. */
  void comeBack(InFlight taken) {
    taken.out = false;
    taken.window.underway--;
    if (taken.dropped && taken.task != null) {
      go(taken.task.id(), taken);
    }
  }

  /** Its offset is done; twice is harmless. */
  void finish(InFlight taken) {
    if (!taken.finished) {
      taken.window.finish(taken);
      forget(taken);
    }
  }

  /** The same for one that brings nothing new. */
  void finishDuplicate(InFlight taken) {
    duplicates++;
    finish(taken);
  }

  /** How many brought nothing new, since the start. */
  long duplicates() {
    return duplicates;
  }

  /**
   * It is out of its window. One that is out elsewhere is remembered, lest it run beside itself.
   */
  void forget(InFlight taken) {
    pressure.remove(taken);
    if (taken.task != null && !taken.out) {
      go(taken.task.id(), taken);
    }
  }
}
