package io.taskfleet.worker.timer;

import io.taskfleet.worker.postgres.Transaction;
import io.taskfleet.worker.round.Round;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Carries out what operators asked for in the table {@code redrive}: dead tasks become due, with
 * fresh attempts. The workers share a redrive, slice by slice, and keep to its rate together.
 * Refused are tasks redriven too often and those whose payload was never kept.
 */
public final class Redrives implements Round.Turn {
  private final DataSource database;
  private final DeadTasks tasks;
  private final Duration interval;
  private final Consumer<? super Collection<UUID>> onMoved;

  /**
   * The redrives asked for in this database.
   *
   * @param cap how often one task may be redriven
   * @param interval how often it looks when nothing is asked for
   * @param onMoved is told, on the thread of the turn, which tasks are dead no more
   */
  public Redrives(
      DataSource database, int cap, Duration interval, Consumer<? super Collection<UUID>> onMoved) {
    this.database = database;
    this.tasks = new DeadTasks(cap);
    this.interval = interval;
    this.onMoved = onMoved;
  }

  @Override
  public Duration take() throws SQLException {
    return moveSlice() ? Duration.ZERO : interval;
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
