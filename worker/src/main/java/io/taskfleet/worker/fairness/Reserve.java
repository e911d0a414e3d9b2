package io.taskfleet.worker.fairness;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The permits that are left to urgent tasks while there are some. Else a burst of slow tasks has
 * all of them, and gives them back all at once: urgent ones would wait that long each time.
 */
public final class Reserve {
  /** One permit in so many. */
  private static final int SHARE = 8;

  private static final long LATELY = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanoTime;
  private long lastUrgent;
  private boolean urgentLately;

  /** A reserve that nobody has needed yet. */
  public Reserve(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastUrgent = nanoTime.getAsLong() - LATELY;
  }

  /** Sees what time has changed. */
  public void look() {
    urgentLately = nanoTime.getAsLong() - lastUrgent < LATELY;
  }

  /** An urgent task has taken a permit. */
  public void urgentStarted() {
    lastUrgent = nanoTime.getAsLong();
  }

  /** How many of so many permits only an urgent task may have. */
  public int of(int limit) {
    return urgentLately ? limit / SHARE : 0;
  }
}
