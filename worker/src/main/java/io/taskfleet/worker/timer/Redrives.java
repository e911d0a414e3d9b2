package io.taskfleet.worker.timer;

import io.taskfleet.worker.postgres.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what operators asked for in the table {@code redrive}: dead tasks become due, with
 * fresh attempts. The workers share a redrive, slice by slice, and keep to its rate together.
 * Refused are tasks redriven too often and those whose payload was never kept.
 */
public final class Redrives {
  private static final Logger log = LoggerFactory.getLogger(Redrives.class);

  private final DataSource database;
  private final DeadTasks tasks;
  private final Duration interval;
  private final Consumer<? super Collection<UUID>> onMoved;
  private final Thread thread = Thread.ofPlatform().name("timer-redrives").unstarted(this::run);
  private volatile boolean stopped;

  /**
   * The redrives asked for in this database.
   *
   * @param cap how often one task may be redriven
   * @param interval how often it looks when nothing is asked for
   * @param onMoved is told, on this one's thread, which tasks are dead no more
   */
  public Redrives(
      DataSource database, int cap, Duration interval, Consumer<? super Collection<UUID>> onMoved) {
    this.database = database;
    this.tasks = new DeadTasks(cap);
    this.interval = interval;
    this.onMoved = onMoved;
  }

  /** Starts looking. */
  public void start() {
    thread.start();
  }

  /** Whether its thread has ended though nobody stopped it. */
  public boolean hasDied() {
    return !stopped && thread.getState() == Thread.State.TERMINATED;
  }

  /** Finishes the slice under way and stops; twice is harmless. */
  public void drain(Duration deadline) throws InterruptedException {
    stopped = true;
    LockSupport.unpark(thread);
    if (thread.isAlive()) {
      boolean _ = thread.join(deadline);
    }
  }

  private void run() {
    boolean away = false;
    while (!stopped) {
      boolean moved = false;
      try {
        moved = moveSlice();
        away = false;
      } catch (SQLException | RuntimeException e) {
        if (!away) {
          log.warn("redrives wait: {}", e.toString());
        }
        away = true;
      }
      if (!moved) {
        LockSupport.parkNanos(interval.toNanos());
      }
    }
  }

  /** Moves the next few tasks; answers whether there was anything to do by now. */
  boolean moveSlice() throws SQLException {
    DeadTasks.Slice slice = Transaction.run(database, tasks::moveSlice);
    if (!slice.moved().isEmpty()) {
      onMoved.accept(slice.moved());
    }
    return slice.isWork();
  }
}
