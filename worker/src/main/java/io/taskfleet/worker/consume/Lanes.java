package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.worker.fairness.FairQueue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a permit. Those of one key and priority form a lane and run one after
 * another; lanes run side by side. Which head of a lane is next is the fair queue's business.
 */
final class Lanes {
  private final boolean keepOrder;
  private final FairQueue<InFlight> ready;
  private final EnumMap<Priority, Map<String, InFlight>> lastByKey = new EnumMap<>(Priority.class);
  private int waiting;

  /**
   * Empty lanes.
   *
   * @param keepOrder whether tasks of one key wait for each other
   */
  Lanes(boolean keepOrder, Map<Priority, Integer> weights) {
    this.keepOrder = keepOrder;
    this.ready = new FairQueue<>(weights);
    for (Priority priority : Priority.values()) {
      lastByKey.put(priority, new HashMap<>());
    }
  }

  /** Puts a task at the end of its lane. */
  void add(InFlight taken) {
    waiting++;
    InFlight last = keepOrder ? lastByKey(taken).put(taken.laneKey, taken) : null;
    if (last == null) {
      ready(taken, false);
    } else {
      last.nextInLane = taken;
    }
  }

  /**
   * The next task to run, at the head of its lane until it is {@link #release}d; null if none.
   *
   * @param among the priorities of which it may be
   * @param weights shares of permits by tenant, 1 where nothing is said
   */
  @Nullable InFlight next(Set<Priority> among, Map<String, Integer> weights) {
    InFlight next = ready.next(among, weights);
    if (next != null) {
      waiting--;
    }
    return next;
  }

  /** Makes a head ready again that {@link #next} gave out and that did not start. */
  void putBack(InFlight head) {
    waiting++;
    ready(head, true);
  }

  private void ready(InFlight head, boolean again) {
    ready.add(head, head.priority, head.requireTask().tenant(), again);
  }

  /** Gives the share of permits back that this task used; its lane stays closed. */
  void ended(InFlight head) {
    ready.ended(head.priority, head.requireTask().tenant());
  }

  /** Lets the task behind this one run. */
  void release(InFlight head) {
    if (!keepOrder) {
      return;
    }
    InFlight next = head.nextInLane;
    if (next != null) {
      head.nextInLane = null;
      ready(next, false);
    } else {
      lastByKey(head).remove(head.laneKey, head);
    }
  }

  /** Takes out, in order, what waits behind the head of a lane; the lane stays the head's. */
  List<InFlight> takeBehind(InFlight head) {
    List<InFlight> behind = new ArrayList<>();
    InFlight last = head;
    while (last.nextInLane != null) {
      InFlight next = last.nextInLane;
      last.nextInLane = null;
      behind.add(next);
      last = next;
    }
    if (!behind.isEmpty()) {
      waiting -= behind.size();
      close(head);
    }
    return behind;
  }

  /** Whether another task of its key is here. */
  boolean isTaken(InFlight task) {
    return lastByKey(task).containsKey(task.laneKey);
  }

  /** Makes a task the head of its lane without making it ready. */
  void close(InFlight head) {
    lastByKey(head).put(head.laneKey, head);
  }

  /** Whether no task waits, neither for a permit nor for the one before it in its lane. */
  boolean isEmpty() {
    return waiting == 0;
  }

  private Map<String, InFlight> lastByKey(InFlight task) {
    return Objects.requireNonNull(lastByKey.get(task.priority));
  }
}
