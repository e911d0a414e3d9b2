package io.taskfleet.worker.fleet;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What operators have set for one task type. Immutable.
 *
 * @param paused whether no attempt at all may begin
 * @param concurrency attempts at once in each worker; null leaves the configured number
 * @param tenantWeights shares of free permits; a tenant that is not named has 1
 * @param pausedTenants whose tasks wait
 * @param pausedKeys beginnings of ordering keys whose tasks wait
 * @param caps what holds for all workers together
 */
public record QueueControl(
    boolean paused,
    @Nullable Integer concurrency,
    Map<String, Integer> tenantWeights,
    Set<String> pausedTenants,
    List<String> pausedKeys,
    List<Cap> caps) {

  /** Nothing is set. */
  public static final QueueControl NONE =
      new QueueControl(false, null, Map.of(), Set.of(), List.of(), List.of());

  /** Copies what could change. */
  public QueueControl {
    tenantWeights = Map.copyOf(tenantWeights);
    pausedTenants = Set.copyOf(pausedTenants);
    pausedKeys = List.copyOf(pausedKeys);
    caps = List.copyOf(caps);
  }

  /** Whether such a task has to wait, because of its type, its tenant or its key. */
  public boolean pauses(String tenant, String orderingKey) {
    if (paused || pausedTenants.contains(tenant)) {
      return true;
    }
    // By index: this is asked for every task, and an iterator would be garbage each time.
    for (int i = 0; i < pausedKeys.size(); i++) {
      if (orderingKey.startsWith(pausedKeys.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** The caps that such a task counts against. */
  public List<Cap> capsOn(String tenant, String orderingKey) {
    return caps.isEmpty()
        ? caps
        : caps.stream().filter(cap -> cap.covers(tenant, orderingKey)).toList();
  }
}
