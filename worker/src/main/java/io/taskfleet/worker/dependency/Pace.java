package io.taskfleet.worker.dependency;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;

/** The rate limit: how many calls may begin in each second. Nobody waits here. Thread-safe. */
final class Pace {
  /** No limit. */
  static final int ANY = Integer.MAX_VALUE;

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final RateLimiter limiter;

  /** A pace kept by this limiter. */
  Pace(RateLimiter limiter) {
    this.limiter = limiter;
  }

  boolean take() {
    return perSecond() == ANY || limiter.acquirePermission();
  }

  /** How many more calls may begin in this second. */
  int left() {
    return perSecond() == ANY ? ANY : Math.max(0, limiter.getMetrics().getAvailablePermissions());
  }

  /** The time from one call to the next. */
  Duration gap() {
    return PERIOD.dividedBy(perSecond());
  }

  /** Counts from the next second on. */
  void changeTo(int perSecond) {
    if (perSecond != perSecond()) {
      limiter.changeLimitForPeriod(perSecond);
    }
  }

  private int perSecond() {
    return limiter.getRateLimiterConfig().getLimitForPeriod();
  }

  static RateLimiterConfig config(int perSecond) {
    return RateLimiterConfig.custom()
        .limitRefreshPeriod(PERIOD)
        .limitForPeriod(perSecond)
        .timeoutDuration(Duration.ZERO)
        .build();
  }
}
