package io.taskfleet.worker.fleet;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * What another clock said once, carried on as time passes: for waits, which an hour put forward or
 * back must neither cut short nor prolong. Always in UTC. Thread-safe.
 */
public final class SteadyClock extends Clock {
  private final Instant start;
  private final long startedAt = System.nanoTime();

  /** A clock that agrees with this one now. */
  public SteadyClock(Clock now) {
    this.start = now.instant();
  }

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startedAt);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("UTC only");
  }
}
