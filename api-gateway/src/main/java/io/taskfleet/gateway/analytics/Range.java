package io.taskfleet.gateway.analytics;

import io.taskfleet.rollup.Rollup;
import java.time.Duration;
import java.time.Instant;

/**
 * Whole steps of time, and the rollup they are made of: the coarsest one that fits.
 *
 * @param from where the first step begins
 * @param to where the last one ends
 */
record Range(Rollup rollup, Duration step, Instant from, Instant to) {
  /** A Monday, so that steps of a week are weeks. */
  private static final long ORIGIN = Instant.parse("1970-01-05T00:00:00Z").getEpochSecond();

  /** The steps that these two moments and what is between them lie in. */
  static Range of(Duration step, Instant from, Instant to) {
    long length = step.toSeconds();
    long first = Math.floorDiv(from.getEpochSecond() - ORIGIN, length);
    long end = Math.floorDiv(to.minusNanos(1).getEpochSecond() - ORIGIN, length) + 1;
    return new Range(rollup(step), step, at(first * length), at(end * length));
  }

  private static Instant at(long seconds) {
    return Instant.ofEpochSecond(ORIGIN + seconds);
  }

  private static Rollup rollup(Duration step) {
    Rollup fitting = Rollup.MINUTE;
    for (Rollup rollup : Rollup.values()) {
      if (step.toSeconds() % rollup.length().toSeconds() == 0) {
        fitting = rollup;
      }
    }
    return fitting;
  }

  /** How many steps there are. */
  long steps() {
    return Duration.between(from, to).dividedBy(step);
  }

  /** How many buckets of the rollup there are. */
  long buckets() {
    return Duration.between(from, to).dividedBy(rollup.length());
  }

  /** Which step this moment is in. */
  int index(Instant at) {
    return Math.toIntExact(Duration.between(from, at).dividedBy(step));
  }

  Instant start(int index) {
    return from.plus(step.multipliedBy(index));
  }

  /** The same time, and a little around it, in few buckets: enough to say what is frequent. */
  Range coarse() {
    Duration length = Duration.between(from, to);
    Rollup coarse = rollup;
    for (Rollup each : Rollup.values()) {
      if (each.compareTo(rollup) > 0 && length.compareTo(each.length().multipliedBy(2)) >= 0) {
        coarse = each;
      }
    }
    return of(coarse.length(), from, to);
  }
}
