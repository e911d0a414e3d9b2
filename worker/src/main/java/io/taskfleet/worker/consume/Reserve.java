package io.taskfleet.worker.consume;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The permits that are left to urgent tasks while there are some. Else a burst of slow tasks has
 * all of them, and gives them back all at once: urgent ones would wait that long each time.
 */
final class Reserve {
  /** One permit in so many. */
  private static final int SHARE = 8;

  private static final long LATELY = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanoTime;
  private long lastUrgent;
  private boolean urgentLately;

  Reserve(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastUrgent = nanoTime.getAsLong() - LATELY;
  }

  /** Sees what time has changed. */
  void look() {
    urgentLately = nanoTime.getAsLong() - lastUrgent < LATELY;
  }

  /** An urgent task has taken a permit. */
  void urgentStarted() {
    lastUrgent = nanoTime.getAsLong();
  }

  /** How many of so many permits only an urgent task may have. */
  int of(int limit) {
    return urgentLately ? limit / SHARE : 0;
  }
}
