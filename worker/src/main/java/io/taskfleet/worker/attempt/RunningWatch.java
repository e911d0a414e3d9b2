package io.taskfleet.worker.attempt;

import io.taskfleet.task.TaskStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the attempts of this process on one thread of its own: interrupts those past their
 * deadline, and says that a task is running once that has lasted long enough to be seen, and how
 * far it has come.
 */
public final class RunningWatch {
  private static final Logger log = LoggerFactory.getLogger(RunningWatch.class);
  private static final Duration TICK = Duration.ofMillis(50);

  private final Set<RunningAttempt> running = ConcurrentHashMap.newKeySet();
  private final Consumer<TaskStatus> announcer;
  private final Thread watcher =
      Thread.ofPlatform().daemon().name("attempt-watch").unstarted(this::run);
  private volatile boolean stopped;

  // Written by whoever tells of cancellations, which is one thread.
  private volatile Set<UUID> cancelled = Set.of();
  private Set<UUID> justCancelled = Set.of();

  /**
   * A watch that tells this announcer of long attempts.
   *
   * @param announcer must not block
   */
  public RunningWatch(Consumer<TaskStatus> announcer) {
    this.announcer = announcer;
  }

  /** Starts watching. */
  public void start() {
    watcher.start();
  }

  /** Stops watching. */
  public void stop() {
    stopped = true;
    LockSupport.unpark(watcher);
  }

  /** Interrupts every attempt, because the worker has no more time; none of them is spent. */
  public void interruptAll() {
    running.forEach(attempt -> attempt.interrupt(RunningAttempt.Interruption.DRAIN));
  }

  /** Interrupts the attempts at these tasks, because nobody wants them any more. */
  public void cancel(Collection<UUID> tasks) {
    Set<UUID> recent = new HashSet<>(justCancelled);
    recent.addAll(tasks);
    cancelled = recent;
    justCancelled = Set.copyOf(tasks);
    for (RunningAttempt attempt : running) {
      if (tasks.contains(attempt.task.id())) {
        attempt.interrupt(RunningAttempt.Interruption.CANCELLED);
      }
    }
  }

  /** Whether the watching thread lives. */
  public boolean isAlive() {
    return watcher.isAlive();
  }

  /** How many attempts are under way. */
  public int size() {
    return running.size();
  }

  void add(RunningAttempt attempt) {
    running.add(attempt);
    // It may have been on its way here when it was cancelled.
    if (cancelled.contains(attempt.task.id())) {
      attempt.interrupt(RunningAttempt.Interruption.CANCELLED);
    }
  }

  void remove(RunningAttempt attempt) {
    running.remove(attempt);
  }

  private void run() {
    while (!stopped) {
      LockSupport.parkNanos(TICK.toNanos());
      running.forEach(this::look);
    }
  }

  private void look(RunningAttempt attempt) {
    if (attempt.isOverdue()) {
      attempt.interrupt(RunningAttempt.Interruption.DEADLINE);
    }
    try {
      attempt.announceIfDue(announcer);
    } catch (RuntimeException e) {
      log.warn("task {}: nobody is told that it runs", attempt.task.id(), e);
    }
  }
}
