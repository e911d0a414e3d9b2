package io.taskfleet.gateway.batch;

import java.util.HashMap;
import java.util.Map;

/** How many streams are read side by side, and how many of them for one tenant: half, at most. */
final class StreamPlaces {
  private final int most;
  private final int mostPerTenant;

  // Guarded by this.
  private final Map<String, Integer> byTenant = new HashMap<>();
  private int all;

  StreamPlaces(int most) {
    this.most = most;
    this.mostPerTenant = Math.max(1, most / 2);
  }

  /** Answers whether there was a place. */
  synchronized boolean take(String tenant) {
    int its = byTenant.getOrDefault(tenant, 0);
    if (all == most || its == mostPerTenant) {
      return false;
    }
    all++;
    byTenant.put(tenant, its + 1);
    return true;
  }

  /** Gives back a place that was taken. */
  synchronized void leave(String tenant) {
    all--;
    byTenant.computeIfPresent(tenant, (key, its) -> its == 1 ? null : its - 1);
  }
}
