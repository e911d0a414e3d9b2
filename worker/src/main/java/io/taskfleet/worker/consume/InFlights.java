package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.wire.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Everything one loop has taken and not finished, by window, by load and by task id. */
final class InFlights {
  private final BackPressure pressure;
  private final Map<UUID, InFlight> byId = new HashMap<>();
  private long duplicates;

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
      byId.remove(taken.task.id(), taken);
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
      byId.remove(taken.task.id(), taken);
    }
  }
}
