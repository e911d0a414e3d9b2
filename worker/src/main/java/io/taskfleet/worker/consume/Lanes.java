package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that wait for a permit. Those of one key and priority form a lane and run one after
 * another; lanes run side by side. Which lane is next is decided twice: smooth weighted round robin
 * among the priorities that have a lane ready, so that each gets its share and none starves; and
 * among that priority's tenants the one that uses least of its share of permits.
 */
final class Lanes {

  /** The ready lanes of one tenant in one priority. */
  private static final class Tenant {
    final String name;
    final ArrayDeque<InFlight> ready = new ArrayDeque<>();
    int running;

    Tenant(String name) {
      this.name = name;
    }
  }

  private static final class Level {
    final int weight;
    final Map<String, InFlight> lastByKey = new HashMap<>();
    final Map<String, Tenant> tenants = new HashMap<>();

    /** Those with a lane ready; whoever was served last is at the end. */
    final LinkedHashMap<String, Tenant> active = new LinkedHashMap<>();

    int credit;

    Level(int weight) {
      this.weight = weight;
    }

    /** Takes a head in, as the last of its tenant's or, if it has had its turn, as the first. */
    void ready(InFlight head, boolean again) {
      Tenant tenant = tenants.computeIfAbsent(head.requireTask().tenant(), Tenant::new);
      if (again) {
        tenant.ready.addFirst(head);
      } else {
        tenant.ready.addLast(head);
      }
      if (tenant.ready.size() == 1) {
        active.put(tenant.name, tenant);
      }
    }

    /** Takes a head of the tenant with the fewest running for its weight. */
    InFlight take(Map<String, Integer> weights) {
      Tenant chosen = null;
      long least = Long.MAX_VALUE;
      for (Tenant tenant : active.values()) {
        long load = ((long) tenant.running << 16) / weights.getOrDefault(tenant.name, 1);
        if (load < least) {
          chosen = tenant;
          least = load;
        }
        if (load == 0) {
          break;
        }
      }
      if (chosen == null) {
        throw new IllegalStateException("no lane is ready");
      }
      active.remove(chosen.name);
      InFlight head = chosen.ready.remove();
      if (!chosen.ready.isEmpty()) {
        active.put(chosen.name, chosen);
      }
      chosen.running++;
      return head;
    }

    void ended(InFlight head) {
      Tenant tenant = tenants.get(head.requireTask().tenant());
      if (tenant != null && --tenant.running == 0 && tenant.ready.isEmpty()) {
        tenants.remove(tenant.name);
      }
    }
  }

  private final boolean keepOrder;
  private final EnumMap<Priority, Level> levels = new EnumMap<>(Priority.class);
  private int waiting;

  /**
   * Empty lanes.
   *
   * @param keepOrder whether tasks of one key wait for each other
   */
  Lanes(boolean keepOrder, Map<Priority, Integer> weights) {
    this.keepOrder = keepOrder;
    for (Priority priority : Priority.values()) {
      levels.put(priority, new Level(weights.getOrDefault(priority, 1)));
    }
  }

  /** Puts a task at the end of its lane. */
  void add(InFlight taken) {
    waiting++;
    Level level = level(taken);
    InFlight last = keepOrder ? level.lastByKey.put(taken.laneKey, taken) : null;
    if (last == null) {
      level.ready(taken, false);
    } else {
      last.nextInLane = taken;
    }
  }

  /**
   * The next task to run, at the head of its lane until it is {@link #release}d; null if none.
   *
   * @param weights shares of permits by tenant, 1 where nothing is said
   */
  @Nullable InFlight next(Map<String, Integer> weights) {
    Level chosen = null;
    int total = 0;
    for (Level level : levels.values()) {
      if (!level.active.isEmpty()) {
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
    return chosen.take(weights);
  }

  /** Makes a head ready again that {@link #next} gave out and that did not start. */
  void putBack(InFlight head) {
    waiting++;
    level(head).ready(head, true);
  }

  /** Gives the share of permits back that this task used; its lane stays closed. */
  void ended(InFlight head) {
    level(head).ended(head);
  }

  /** Lets the task behind this one run. */
  void release(InFlight head) {
    if (!keepOrder) {
      return;
    }
    Level level = level(head);
    InFlight next = head.nextInLane;
    if (next != null) {
      head.nextInLane = null;
      level.ready(next, false);
    } else {
      level.lastByKey.remove(head.laneKey, head);
    }
  }

  /** Takes out, in order, what waits behind the head of a lane; the lane stays the head's. */
  List<InFlight> takeBehind(InFlight head) {
    List<InFlight> behind = new ArrayList<>();
    InFlight next = head.nextInLane;
    head.nextInLane = null;
    while (next != null) {
      behind.add(next);
      InFlight after = next.nextInLane;
      next.nextInLane = null;
      next = after;
    }
    if (!behind.isEmpty()) {
      waiting -= behind.size();
      level(head).lastByKey.put(head.laneKey, head);
    }
    return behind;
  }

  /** Whether another task of its key is here. */
  boolean isTaken(InFlight task) {
    return level(task).lastByKey.containsKey(task.laneKey);
  }

  /** Makes a task the head of its lane without making it ready. */
  void close(InFlight head) {
    level(head).lastByKey.put(head.laneKey, head);
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
