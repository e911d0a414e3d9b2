package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a permit. Those of one key and priority form a lane and run one after
 * another; lanes run side by side. Which priority is next is decided by smooth weighted round
 * robin, so that every priority with waiting tasks gets its share and none starves.
 */
final class Lanes {

  private static final class Level {
    final int weight;
    final Map<String, InFlight> lastByKey = new HashMap<>();
    final ArrayDeque<InFlight> ready = new ArrayDeque<>();
    int credit;

    Level(int weight) {
      this.weight = weight;
    }
  }

  private final EnumMap<Priority, Level> levels = new EnumMap<>(Priority.class);
  private int waiting;

  Lanes(Map<Priority, Integer> weights) {
    for (Priority priority : Priority.values()) {
      levels.put(priority, new Level(weights.getOrDefault(priority, 1)));
    }
  }

  /** Puts a task at the end of its lane. */
  void add(InFlight taken) {
    waiting++;
    Level level = level(taken);
    InFlight last = level.lastByKey.put(taken.requireTask().key(), taken);
    if (last == null) {
      level.ready.add(taken);
    } else {
      last.nextInLane = taken;
    }
  }

  /** The next task to run, at the head of its lane until it is {@link #release}d; null if none. */
  @Nullable InFlight next() {
    Level chosen = null;
    int total = 0;
    for (Level level : levels.values()) {
      if (!level.ready.isEmpty()) {
        total += level.weight;
        level.credit += level.weight;
        if (chosen == null || level.credit > chosen.credit) {
          chosen = level;
        }
      }
    }
    if (chosen == null) {
      return null;
    }
    chosen.credit -= total;
    waiting--;
    return chosen.ready.remove();
  }

  /** Lets the task behind this one run. */
  void release(InFlight head) {
    Level level = level(head);
    InFlight next = head.nextInLane;
    if (next != null) {
      head.nextInLane = null;
      level.ready.add(next);
    } else {
      level.lastByKey.remove(head.requireTask().key(), head);
    }
  }

  /** Whether no task waits, neither for a permit nor for the one before it in its lane. */
  boolean isEmpty() {
    return waiting == 0;
  }

  private Level level(InFlight task) {
    Level level = levels.get(task.priority);
    if (level == null) {
      throw new IllegalStateException("no level for " + task.priority);
    }
    return level;
  }
}
