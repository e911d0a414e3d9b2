package io.taskfleet.gateway.ratelimit;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one key or address may still send: a bucket that holds a minute's requests and is refilled
 * steadily. It is this process's own, and learns from Redis what other gateways have let through.
 */
final class Allowance {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int REPORTS_IN_A_LIMIT = 20;
  private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String subject;
  private final BucketConfiguration configuration;
  private final SharedBuckets shared;
  private final TimeMeter time;
  private final Bucket local;
  private final long reportAt;

  private final AtomicLong unreported = new AtomicLong();
  private final AtomicBoolean reporting = new AtomicBoolean();
  private volatile long reportedNanos;

  Allowance(String subject, int perMinute, SharedBuckets shared, TimeMeter time) {
    // With the limit in its name, a bucket need not be converted when the limit changes.
    this.subject = subject + ':' + perMinute;
    this.shared = shared;
    this.time = time;
    configuration =
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, WINDOW))
            .build();
    local =
        Bucket.builder()
            .addLimit(configuration.getBandwidths()[0])
            .withCustomTimePrecision(time)
            .build();
    reportAt = Math.max(1, perMinute / REPORTS_IN_A_LIMIT);
    // At once: a gateway that has just started knows nothing of what others have let through.
    reportedNanos = time.currentTimeNanos() - REPORT_EVERY_NANOS;
  }

  /** Takes one token, if there is one. */
  ConsumptionProbe take() {
    ConsumptionProbe taken = local.tryConsumeAndReturnRemaining(1);
    if (taken.isConsumed()
        && isReportDue(unreported.incrementAndGet())
        && reporting.compareAndSet(false, true)) {
      report();
    }
    return taken;
  }

  boolean isUsedUp() {
    return local.getAvailableTokens() < 1;
  }

  private boolean isReportDue(long waiting) {
    return waiting >= reportAt || time.currentTimeNanos() - reportedNanos >= REPORT_EVERY_NANOS;
  }

  private void report() {
    reportedNanos = time.currentTimeNanos();
    var _ =
        shared
            .take(subject, configuration, unreported.getAndSet(0))
            .thenAccept(
                left -> {
                  settle(left);
                  reporting.set(false);
                });
  }

  // Only ever downwards: a bucket that Redis has forgotten is full there, and must not be here.
  private void settle(OptionalLong left) {
    if (left.isPresent()) {
      // In this order, what is taken meanwhile is left for the next report, and not taken twice.
      long target = left.getAsLong() - unreported.get();
      long excess = local.getAvailableTokens() - target;
      if (excess > 0) {
        var _ = local.consumeIgnoringRateLimits(excess);
      }
    }
  }
}
