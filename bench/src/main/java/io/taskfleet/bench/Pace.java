package io.taskfleet.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Times that are fixed in advance, evenly spaced: whoever is late does not delay the next, and his
 * lateness counts against what is measured.
 */
final class Pace {
  private final long startNanos = System.nanoTime();
  private final Instant start = Instant.now();
  private final long intervalNanos;

  /** Begins now, with this many in a second. */
  Pace(int perSecond) {
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  /** When the nth is due, from 0, by the clock of this machine. */
  Instant time(long n) {
    return start.plusNanos(n * intervalNanos);
  }

  private long nanoTime(long n) {
    return startNanos + n * intervalNanos;
  }

  /** Waits until the nth is due. */
  void await(long n) {
    for (long wait = nanoTime(n) - System.nanoTime();
        wait > 0;
        wait = nanoTime(n) - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }

  /** How late it is for the nth. */
  Duration since(long n) {
    return Duration.ofNanos(System.nanoTime() - nanoTime(n));
  }
}
