package io.taskfleet.client;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How long to wait before the next try. */
record Backoff(RetryPolicy policy, RandomGenerator random) {
  private static final int MOST_DOUBLINGS = 30;

  /**
   * The pause after this many tries.
   *
   * @param wanted the least, if the other side has said so; jitter comes on top, so that not all
   *     who were told the same come back together
   */
  Duration after(int tries, @Nullable Duration wanted) {
    if (wanted != null) {
      return wanted.plus(below(policy.firstPause()));
    }
    long doubled = 1L << Math.min(tries - 1, MOST_DOUBLINGS);
    Duration bound = policy.firstPause().multipliedBy(doubled);
    return below(bound.compareTo(policy.longestPause()) < 0 ? bound : policy.longestPause());
  }

  private Duration below(Duration bound) {
    return bound.isZero() ? bound : Duration.ofNanos(random.nextLong(bound.toNanos() + 1));
  }
}
