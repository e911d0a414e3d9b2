package io.taskfleet.client;

import java.time.Duration;

/**
 * How often and how long a call is tried. Between tries it waits a random time below a bound that
 * doubles (full jitter), or as long as the gateway's {@code Retry-After} says.
 *
 * @param attempts how often at most, 1 for no second try
 * @param deadline for the whole call, with all tries and pauses
 * @param firstPause bound of the first pause
 * @param longestPause bound of all pauses
 */
public record RetryPolicy(
    int attempts, Duration deadline, Duration firstPause, Duration longestPause) {

  /** Up to ten tries within a minute. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(10, Duration.ofMinutes(1), Duration.ofMillis(200), Duration.ofSeconds(10));

  /** One try within half a minute. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO);

  /** Checks the bounds. */
  public RetryPolicy {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be 1 or more");
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("deadline must be above zero");
    }
    if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0) {
      throw new IllegalArgumentException(
          "longestPause must not be below firstPause, nor that below 0");
    }
  }

  public RetryPolicy withDeadline(Duration longer) {
    return new RetryPolicy(attempts, longer, firstPause, longestPause);
  }

  public RetryPolicy withAttempts(int count) {
    return new RetryPolicy(count, deadline, firstPause, longestPause);
  }
}
