package io.taskfleet.gateway.batch;

import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much all batches together may have sent that Kafka has not acknowledged. A record weighs its
 * payload and a little more, so that their number is bounded as well.
 */
final class Window {
  private static final int RECORD = 512;

  private final Semaphore bytes;
  private final long patienceNanos;

  /**
   * An empty window.
   *
   * @param patience how long at most nothing may leave it
   */
  Window(int bytes, Duration patience) {
    this.bytes = new Semaphore(bytes);
    this.patienceNanos = patience.toNanos();
  }

  static int weightOf(Task task) {
    return task.payload().length + task.key().length() + RECORD;
  }

  /** Waits until so much fits in, and answers whether it did in time. */
  boolean enter(int weight) throws InterruptedException {
    return bytes.tryAcquire(weight)
        || bytes.tryAcquire(weight, patienceNanos, TimeUnit.NANOSECONDS);
  }

  void leave(int weight) {
    bytes.release(weight);
  }
}
