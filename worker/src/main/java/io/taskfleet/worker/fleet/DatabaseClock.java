package io.taskfleet.worker.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres' time, which is the same for all workers whatever their own clocks say. {@link Controls}
 * asks for it at each look. Until it has been told, and while Postgres is away, this clock goes on
 * by itself. It jumps, forward or back, when it is found to be wrong: see {@link SteadyClock} for
 * one that does not. Always in UTC. Thread-safe.
 */
public final class DatabaseClock extends Clock {
  private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);

  /** Two servers differ by as much; following that would only make latencies untrue. */
  private static final Duration SMALL = Duration.ofMillis(50);

  private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

  private final SteadyClock own;

  // Written by the thread of the controls only.
  private volatile Duration offset = Duration.ZERO;

  /** A clock that agrees with this one for now, and never asks it again. */
  public DatabaseClock(Clock start) {
    this.own = new SteadyClock(start);
  }

  @Override
  public Instant instant() {
    return own.instant().plus(offset);
  }

  /** The time as it were, had Postgres never been asked. */
  Instant own() {
    return own.instant();
  }

  /**
   * Takes over what Postgres said, unless this clock may well be right.
   *
   * @param time what it said at some moment between the other two
   * @param asked by this worker's own time, like {@code answered}
   */
  void told(Instant time, Instant asked, Instant answered) {
    Duration least = Duration.between(answered, time);
    Duration most = Duration.between(asked, time);
    if (offset.compareTo(least.minus(SMALL)) < 0 || offset.compareTo(most.plus(SMALL)) > 0) {
      Duration found = least.plus(most.minus(least).dividedBy(2));
      Duration correction = found.minus(offset);
      offset = found;
      if (correction.abs().compareTo(WORTH_TELLING) > 0) {
        log.warn("the clock is put right by {}, to what Postgres says", correction);
      }
    }
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
