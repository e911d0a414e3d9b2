package io.taskfleet.worker.fairness;

import io.taskfleet.task.Priority;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is ready, by priority and tenant. The next is chosen twice: by smooth weighted round robin
 * among the priorities, and among that priority's tenants by how few they have running.
 */
public final class FairQueue<T> {

  private static final class Tenant<T> {
    final String name;
    final ArrayDeque<T> ready = new ArrayDeque<>();
    int running;

    Tenant(String name) {
      this.name = name;
    }
  }

  private static final class Level<T> {
    final int weight;
    final Map<String, Tenant<T>> tenants = new HashMap<>();

    /** Those with something ready; whoever was served last is at the end. */
    final LinkedHashMap<String, Tenant<T>> active = new LinkedHashMap<>();

    int credit;

    Level(int weight) {
      this.weight = weight;
    }

    /** Takes something of the tenant with the fewest running for its weight. */
    T take(Map<String, Integer> weights) {
      Tenant<T> chosen = null;
      long least = Long.MAX_VALUE;
      for (Tenant<T> tenant : active.values()) {
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
        throw new IllegalStateException("nothing is ready");
      }
      active.remove(chosen.name);
      T taken = chosen.ready.remove();
      if (!chosen.ready.isEmpty()) {
        active.put(chosen.name, chosen);
      }
      chosen.running++;
      return taken;
    }
  }

  private final EnumMap<Priority, Level<T>> levels = new EnumMap<>(Priority.class);

  /**
   * An empty queue.
   *
   * @param weights shares by priority, 1 where nothing is said
   */
  public FairQueue(Map<Priority, Integer> weights) {
    for (Priority priority : Priority.values()) {
      levels.put(priority, new Level<>(weights.getOrDefault(priority, 1)));
    }
  }

  /**
   * Takes something in.
   *
   * @param again whether it has had its turn, and is the first of its tenant's instead of the last
   */
  public void add(T ready, Priority priority, String tenantName, boolean again) {
    Level<T> level = level(priority);
    Tenant<T> tenant = level.tenants.computeIfAbsent(tenantName, Tenant::new);
    if (again) {
      tenant.ready.addFirst(ready);
    } else {
      tenant.ready.addLast(ready);
    }
    if (tenant.ready.size() == 1) {
      level.active.put(tenantName, tenant);
    }
  }

  /**
   * The next, which counts as running until it has {@link #ended}; null if nothing is ready.
   *
   * @param among the priorities of which it may be
   * @param weights shares by tenant, 1 where nothing is said
   */
  public @Nullable T next(Set<Priority> among, Map<String, Integer> weights) {
    Level<T> chosen = null;
    int total = 0;
    for (Priority priority : among) {
      Level<T> level = level(priority);
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
    return chosen.take(weights);
  }

  /** One of this tenant's runs no more. */
  public void ended(Priority priority, String tenantName) {
    Level<T> level = level(priority);
    Tenant<T> tenant = level.tenants.get(tenantName);
    if (tenant != null && --tenant.running == 0 && tenant.ready.isEmpty()) {
      level.tenants.remove(tenantName);
    }
  }

  private Level<T> level(Priority priority) {
    return Objects.requireNonNull(levels.get(priority));
  }
}
