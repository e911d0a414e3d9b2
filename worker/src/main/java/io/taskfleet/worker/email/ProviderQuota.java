package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * How many recipients a provider still takes in this period. Workers share it: each reserves a few
 * at a time, so that not every mail has to ask. Thread-safe.
 */
final class ProviderQuota {
  private static final int SHARES = 100;
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private final String provider;
  private final EmailProperties.Quota quota;
  private final EmailRecords records;
  private final Clock clock;

  // Guarded by this.
  private Instant period = Instant.MIN;
  private Instant unansweredUntil = Instant.MIN;
  private int left;

  ProviderQuota(String provider, EmailProperties.Quota quota, EmailRecords records, Clock clock) {
    this.provider = provider;
    this.quota = quota;
    this.records = records;
    this.clock = clock;
  }

  /** Whether a mail to so many is within the quota of a whole period. */
  boolean isEverEnoughFor(int recipients) {
    return recipients <= quota.recipients();
  }

  /**
   * Takes as much of the quota.
   *
   * @throws CallRefusedException if so much is not left
   */
  synchronized void take(int recipients) throws CallRefusedException, InterruptedException {
    require(recipients);
    left -= recipients;
  }

  /**
   * Makes sure of so much, and takes nothing.
   *
   * @throws CallRefusedException if so much is not left
   */
  synchronized void require(int recipients) throws CallRefusedException, InterruptedException {
    Instant now = clock.instant();
    Instant current = start(now);
    if (!current.equals(period)) {
      period = current;
      left = 0;
    }
    if (left < recipients) {
      left += reserved(current, Math.max(recipients - left, quota.recipients() / SHARES), now);
    }
    if (left < recipients) {
      throw new CallRefusedException("the provider's quota is used up", untilNext(now, current));
    }
  }

  /** Of those who queue here one finds out for all that nobody answers, which takes its time. */
  private int reserved(Instant current, int share, Instant now)
      throws CallRefusedException, InterruptedException {
    if (now.isBefore(unansweredUntil)) {
      throw new CallRefusedException(
          "nobody says what is left of the quota", Duration.between(now, unansweredUntil));
    }
    try {
      return records.reserve(provider, current, share, quota.recipients());
    } catch (CallRefusedException unanswered) {
      unansweredUntil = clock.instant().plus(unanswered.retryAfter());
      throw unanswered;
    }
  }

  private Instant start(Instant now) {
    long seconds = quota.period().toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds);
  }

  private Duration untilNext(Instant now, Instant current) {
    Duration left = Duration.between(now, current.plus(quota.period()));
    return left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
  }
}
