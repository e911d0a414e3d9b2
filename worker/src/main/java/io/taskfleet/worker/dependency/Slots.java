package io.taskfleet.worker.dependency;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bulkhead: how many calls may be under way at once. Thread-safe.
 *
 * <p>A call that finds no slot free waits for one, briefly and in order, if at the present pace one
 * is to be expected in that time. To refuse it costs a commit and a second trip through Kafka, to
 * park its virtual thread nothing but the attempt's permit. That permit is why it does not wait for
 * slow or hanging calls: a slow destination must not hold the permits of all the others.
 */
final class Slots {
  private static final int MEMORY = 8;

  private final Permits permits;
  private final Duration patience;
  private final AtomicInteger waiting = new AtomicInteger();

  // Both written under this lock.
  private volatile int size;
  private volatile double meanMillis;

  /**
   * Free slots.
   *
   * @param patience the longest wait for one
   */
  Slots(int size, Duration patience) {
    this.permits = new Permits(size);
    this.patience = patience;
    this.size = size;
  }

  /** Takes a slot, waiting for it if that is worth it; false if there is none. */
  boolean take() throws InterruptedException {
    // Unlike the one without a timeout, it does not overtake those who wait.
    if (permits.tryAcquire(0, TimeUnit.MILLISECONDS)) {
      return true;
    }
    int ahead = waiting.getAndIncrement();
    try {
      if (gapMillis() * (ahead + 1) > patience.toMillis()) {
        return false;
      }
      boolean taken = permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!taken) {
        // None of the calls under way has ended, and only those that end are measured.
        took(patience.toMillis() * size);
      }
      return taken;
    } finally {
      waiting.decrementAndGet();
    }
  }

  void giveBack() {
    permits.release();
  }

  /** A call was under way for so long. */
  synchronized void took(long millis) {
    meanMillis = meanMillis + (millis - meanMillis) / MEMORY;
  }

  /** How long it takes until the next slot is given back, when all are taken. */
  Duration gap() {
    return Duration.ofNanos((long) (gapMillis() * 1_000_000));
  }

  /** Calls under way keep their slots, so that there may be too many of them for a while. */
  synchronized void resize(int newSize) {
    int added = newSize - size;
    if (added > 0) {
      permits.release(added);
    } else if (added < 0) {
      permits.reducePermits(-added);
    }
    size = newSize;
  }

  int size() {
    return size;
  }

  int inUse() {
    return Math.max(0, size - permits.availablePermits());
  }

  private double gapMillis() {
    return meanMillis / size;
  }

  /** Resilience4j's bulkhead would have whoever makes it smaller wait until calls have ended. */
  private static final class Permits extends Semaphore {
    private static final long serialVersionUID = 1L;

    Permits(int permits) {
      super(permits, true);
    }

    @Override
    public void reducePermits(int reduction) {
      super.reducePermits(reduction);
    }
  }
}
