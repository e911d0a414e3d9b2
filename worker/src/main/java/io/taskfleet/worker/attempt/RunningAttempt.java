package io.taskfleet.worker.attempt;

import io.taskfleet.task.Progress;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
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

  private static final Duration SEEN_AFTER = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Thread thread = Thread.currentThread();
  private final long startedNanos = System.nanoTime();
  private final long timeoutNanos;
  final Task task;
  final int number;
  final Instant startedAt;
  private long announceAfterNanos = SEEN_AFTER.toNanos();
  private boolean announced;
  private @Nullable Progress announcedProgress;
  private boolean ended;
  private @Nullable Interruption interruption;

  // Written by the attempt's thread, or by those of its handler.
  private volatile @Nullable Progress progress;

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

  /** What time it is, by the clock that said when it started. */
  Instant now() {
    return startedAt.plusNanos(nanos());
  }

  /** Takes note of how far it has come. */
  void reached(Progress reached) {
    progress = reached;
  }

  /**
   * Announces the attempt when it has lasted long enough to be seen, and again when it has come
   * further since, but not after its end.
   */
  synchronized void announceIfDue(Consumer<TaskStatus> announcer) {
    long nanos = nanos();
    Progress now = progress;
    if (ended
        || nanos < announceAfterNanos
        || (announced && Objects.equals(now, announcedProgress))) {
      return;
    }
    announced = true;
    announcedProgress = now;
    announceAfterNanos = nanos + PAUSE.toNanos();
    announcer.accept(TaskStatus.running(task, number, startedAt, now));
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
