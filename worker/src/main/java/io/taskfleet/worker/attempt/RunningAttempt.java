package io.taskfleet.worker.attempt;

import io.taskfleet.task.Task;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt under way. The attempt's thread ends it; the watch's thread may interrupt it before.
 * The lock makes the two exclusive, so that no interrupt reaches the thread after the end.
 */
final class RunningAttempt {

  /** Why an attempt was interrupted. */
  enum Interruption {
    DEADLINE,
    DRAIN,
    CANCELLED
  }

  private final Thread thread = Thread.currentThread();
  private final long startedNanos = System.nanoTime();
  private final long timeoutNanos;
  final Task task;
  final int number;
  final Instant startedAt;
  private boolean announced;
  private boolean ended;
  private @Nullable Interruption interruption;

  RunningAttempt(Task task, int number, Instant startedAt, long timeoutNanos) {
    this.task = task;
    this.number = number;
    this.startedAt = startedAt;
    this.timeoutNanos = timeoutNanos;
  }

  boolean isOverdue() {
    return nanos() > timeoutNanos;
  }

  /** How long ago it started. */
  long nanos() {
    return System.nanoTime() - startedNanos;
  }

  /** Runs the announcement once, if the attempt has lasted this long and has not ended. */
  synchronized void announceAfter(long nanos, Runnable announcement) {
    if (!announced && !ended && nanos() > nanos) {
      announced = true;
      announcement.run();
    }
  }

  synchronized void interrupt(Interruption why) {
    if (!ended && interruption == null) {
      interruption = why;
      thread.interrupt();
    }
  }

  /** Ends the attempt and answers why it was interrupted, if it was. */
  synchronized @Nullable Interruption end() {
    ended = true;
    if (interruption != null) {
      boolean _ = Thread.interrupted();
    }
    return interruption;
  }
}
