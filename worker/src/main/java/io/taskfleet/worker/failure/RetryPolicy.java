package io.taskfleet.worker.failure;

import io.taskfleet.task.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often and for how long tasks of one type are tried.
 *
 * @param maxAttempts for tasks that do not bring a number of their own
 * @param totalTime how long after the first attempt there may be another one
 * @param exceptions what is different after failures of one class
 */
public record RetryPolicy(
    int maxAttempts, Backoff backoff, Duration totalTime, Map<ErrorClass, Exceptional> exceptions) {
  /** Below this, a remote side that always says "now" would be asked without a pause. */
  private static final Duration SHORTEST_DEFERRAL = Duration.ofSeconds(1);

  /** Beyond it, "never" is meant, and no clock and no database has such a time. */
  private static final Duration LONGEST_DEFERRAL = Duration.ofDays(365);

  private static final int DEFERRAL_SPREAD = 10;

  /** What waits for hours waits for a time that somebody has named. */
  private static final Duration WIDEST_SPREAD = Duration.ofMinutes(1);

  /** Checks that there is an end, and not before the beginning. */
  public RetryPolicy {
    Objects.requireNonNull(backoff, "backoff");
    requireAnEnd(maxAttempts, totalTime);
    exceptions = Map.copyOf(exceptions);
  }

  /** The same after failures of any class. */
  public RetryPolicy(int maxAttempts, Backoff backoff, Duration totalTime) {
    this(maxAttempts, backoff, totalTime, Map.of());
  }

  /**
   * What is different after failures of one class. Null leaves what the type has.
   *
   * @param maxAttempts no attempt beyond this one follows such a failure, even if the task's caller
   *     asked for more
   */
  public record Exceptional(
      @Nullable Integer maxAttempts, @Nullable Backoff backoff, @Nullable Duration totalTime) {
    private static final Exceptional NOTHING = new Exceptional(null, null, null);

    /** Checks that there is an end. */
    public Exceptional {
      requireAnEnd(maxAttempts, totalTime);
    }
  }

  private static void requireAnEnd(@Nullable Integer maxAttempts, @Nullable Duration totalTime) {
    if (maxAttempts != null && maxAttempts < 1) {
      throw new IllegalArgumentException("max-attempts must be at least 1");
    }
    if (totalTime != null && !totalTime.isPositive()) {
      throw new IllegalArgumentException("total-time must be positive");
    }
  }

  /**
   * What has been tried so far.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @param since when the first one began
   * @param maxAttempts what the task's caller asked for instead of the type's number
   */
  public record Attempted(int attempt, Instant since, @Nullable Integer maxAttempts) {}

  /**
   * What follows from this failure at this time. Deferrals have no end: an outage spends nothing.
   */
  public Verdict verdict(
      Failure failure, Attempted attempted, Instant now, RandomGenerator random) {
    return switch (failure) {
      case Failure.Transient failed -> retryOrDie(failed, attempted, now, random);
      case Failure.Unavailable(String _, Duration retryAfter) ->
          new Verdict.Defer(now.plus(deferral(retryAfter, random)));
      case Failure.Permanent(ReasonCode reason, String _) -> new Verdict.Die(reason);
      case Failure.Undecodable(ReasonCode reason, String _) -> new Verdict.Die(reason);
      case Failure.Interrupted _ -> new Verdict.GiveBack();
    };
  }

  private Verdict retryOrDie(
      Failure.Transient failed, Attempted attempted, Instant now, RandomGenerator random) {
    Exceptional own = exceptions.getOrDefault(failed.cause(), Exceptional.NOTHING);
    Duration wait =
        Objects.requireNonNullElse(own.backoff(), backoff).delay(attempted.attempt(), random);
    Duration retryAfter = failed.retryAfter();
    Instant dueAt = now.plus(retryAfter == null ? wait : longer(retryAfter, wait));
    Instant end = attempted.since().plus(Objects.requireNonNullElse(own.totalTime(), totalTime));
    return attempted.attempt() >= most(own, attempted.maxAttempts()) || dueAt.isAfter(end)
        ? new Verdict.Die(ReasonCode.RETRIES_EXHAUSTED)
        : new Verdict.Retry(dueAt);
  }

  private int most(Exceptional own, @Nullable Integer asked) {
    int usual = Objects.requireNonNullElse(own.maxAttempts(), maxAttempts);
    if (asked == null) {
      return usual;
    }
    return own.maxAttempts() == null ? asked : Math.min(asked, usual);
  }

  /**
   * A tenth is added at random, at most a minute, so that what was refused together does not return
   * together.
   */
  private static Duration deferral(Duration retryAfter, RandomGenerator random) {
    boolean isTooLong = retryAfter.compareTo(LONGEST_DEFERRAL) > 0;
    Duration wait = isTooLong ? LONGEST_DEFERRAL : longer(retryAfter, SHORTEST_DEFERRAL);
    long spread = Math.min(wait.toMillis() / DEFERRAL_SPREAD, WIDEST_SPREAD.toMillis());
    return wait.plusMillis(random.nextLong(spread + 1));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
