package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.fairness.Reserve;
import io.taskfleet.worker.fleet.Cap;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.QueueControl;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Who may start: as many attempts as this worker makes at once, as the gate lets through, and as
 * the fleet's caps allow. A task that is refused by a cap, or paused by an operator, is kept here
 * with its lane closed, until there is a reason to think that it would not be refused again.
 */
final class Permits {
  private static final Set<Priority> ALL = EnumSet.allOf(Priority.class);
  private static final Set<Priority> URGENT = EnumSet.of(Priority.HIGH);

  private final int concurrency;
  private final Gate gate;
  private final Supplier<QueueControl> controls;
  private final Caps caps;
  private final Lanes lanes;
  private final BackPressure pressure;
  private final Reserve reserve = new Reserve(System::nanoTime);
  private final Map<Cap.Id, ArrayDeque<InFlight>> refused = new HashMap<>();
  private final ArrayDeque<InFlight> paused = new ArrayDeque<>();
  private QueueControl control = QueueControl.NONE;
  private int kept;
  private int taken;
  private int takenByUrgent;

  Permits(
      int concurrency,
      Gate gate,
      Supplier<QueueControl> controls,
      Caps caps,
      Lanes lanes,
      BackPressure pressure) {
    this.concurrency = concurrency;
    this.gate = gate;
    this.controls = controls;
    this.caps = caps;
    this.lanes = lanes;
    this.pressure = pressure;
  }

  /** Sees what operators, and time, have changed. */
  void look() {
    reserve.look();
    QueueControl now = controls.get();
    if (!now.equals(control)) {
      control = now;
      reconsider();
    }
  }

  Map<String, Integer> tenantWeights() {
    return control.tenantWeights();
  }

  /** Whether no attempt may be started, however many permits are free. */
  boolean isShut() {
    return isPaused() || isGated();
  }

  /** Whether an operator has paused the type. */
  boolean isPaused() {
    return control.paused();
  }

  /** Whether the gate is closed. */
  boolean isGated() {
    return gate.limit() == 0;
  }

  /** Attempts that may be under way at once. */
  int limit() {
    int here = Objects.requireNonNullElse(control.concurrency(), concurrency);
    return control.paused() ? 0 : Math.min(here, gate.limit());
  }

  /** Attempts under way. */
  int taken() {
    return taken;
  }

  /** The priorities of which a task may have the next permit of this many. */
  Set<Priority> served(int limit) {
    return taken - takenByUrgent < limit - reserve.of(limit) ? ALL : URGENT;
  }

  /** Tasks that are kept here. */
  int kept() {
    return kept;
  }

  /** Whether it would be kept here, paused, when there is no room to take others. */
  boolean isInTheWay(InFlight task) {
    return pressure.isFull(task.priority) && isPaused(task);
  }

  private boolean isPaused(InFlight task) {
    return control.pauses(task.requireTask().tenant(), task.requireTask().key());
  }

  /** Takes a permit of this worker and of every cap on the task; keeps the task if one refuses. */
  boolean take(InFlight task) {
    if (isPaused(task)) {
      keep(task, paused);
      return false;
    }
    List<Cap> covering = control.capsOn(task.requireTask().tenant(), task.requireTask().key());
    for (int i = 0; i < covering.size(); i++) {
      if (!caps.tryTake(covering.get(i))) {
        caps.giveBackAll(covering.subList(0, i));
        keep(task, refused.computeIfAbsent(covering.get(i).id(), _ -> new ArrayDeque<>()));
        return false;
      }
    }
    task.caps = covering;
    task.permitted = true;
    taken++;
    if (task.priority == Priority.HIGH) {
      takenByUrgent++;
      reserve.urgentStarted();
    }
    return true;
  }

  /** Gives them back, and lets one that each cap has refused try again. */
  void giveBack(InFlight task) {
    task.permitted = false;
    taken--;
    if (task.priority == Priority.HIGH) {
      takenByUrgent--;
    }
    caps.giveBackAll(task.caps);
    for (Cap cap : task.caps) {
      ArrayDeque<InFlight> waiting = refused.get(cap.id());
      if (waiting != null && !waiting.isEmpty()) {
        release(waiting.remove());
      }
    }
    task.caps = List.of();
  }

  /** Lets everyone that is kept try again, or leave its lane if its window is gone. */
  void reconsider() {
    refused.values().forEach(this::releaseAll);
    refused.clear();
    releaseAll(paused);
  }

  private void keep(InFlight task, ArrayDeque<InFlight> waiting) {
    kept++;
    lanes.ended(task);
    waiting.add(task);
  }

  /** The last first: each goes back before those that wait. */
  private void releaseAll(ArrayDeque<InFlight> waiting) {
    while (!waiting.isEmpty()) {
      release(waiting.removeLast());
    }
  }

  private void release(InFlight task) {
    kept--;
    lanes.putBack(task);
  }
}
