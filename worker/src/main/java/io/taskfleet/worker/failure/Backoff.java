package io.taskfleet.worker.failure;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double with each attempt up to a cap, drawn from the whole range below (full jitter),
 * so that tasks that failed together do not come back together.
 *
 * @param base the longest wait after the first attempt, at least a millisecond
 * @param cap the longest wait after any attempt
 */
public record Backoff(Duration base, Duration cap) {
  private static final int MOST_DOUBLINGS = 62;

  /** Checks that the range is one. */
  public Backoff {
    if (base.toMillis() < 1) {
      throw new IllegalArgumentException("base must be at least a millisecond");
    }
    if (cap.compareTo(base) < 0) {
      throw new IllegalArgumentException("cap must not be below base");
    }
  }

  /**
   * The longest wait after this attempt.
   *
   * @param attempt from 1
   */
  public Duration ceiling(int attempt) {
    int doublings = Math.clamp(attempt - 1L, 0, MOST_DOUBLINGS);
    long most = cap.toMillis();
    long first = base.toMillis();
    return Duration.ofMillis(first > most >> doublings ? most : first << doublings);
  }

  /** A wait after this attempt: nothing to {@link #ceiling}, each as likely as the other. */
  public Duration delay(int attempt, RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(ceiling(attempt).toMillis() + 1));
  }
}
