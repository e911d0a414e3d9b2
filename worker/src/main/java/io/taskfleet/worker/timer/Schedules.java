package io.taskfleet.worker.timer;

import io.taskfleet.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires schedules when they are due. A firing is a row of {@code task} that is due, so that it goes
 * on its topic as everything else that waits. Any number of workers share the schedules: the rows
 * that one deals with are locked until its transaction has made the tasks and moved them on.
 *
 * <p>Used by the relay's thread. While nothing is due this costs one look into an index a second.
 */
public final class Schedules {
  private static final Logger log = LoggerFactory.getLogger(Schedules.class);

  /** A schedule made meanwhile is seen no later than this. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration REST = Duration.ofMinutes(1);

  private final DataSource database;
  private final DueSchedules schedules;

  /** Those that could not be read lately; they must not keep the others from their turn. */
  private final Set<UUID> unreadable = new HashSet<>();

  private long forgetAt = System.nanoTime();
  private long lookAt = System.nanoTime();
  private boolean away;

  // Written by the relay's thread, read by whoever looks at the meters.
  private final AtomicLong fired = new AtomicLong();
  private final AtomicLong lagMillis = new AtomicLong();

  /**
   * The schedules in this database.
   *
   * @param worker the name written into the tasks it makes
   */
  public Schedules(DataSource database, String worker, Lateness lateness) {
    this.database = database;
    this.schedules = new DueSchedules(worker, lateness);
  }

  /** How many tasks it has made since the start. */
  public long fired() {
    return fired.get();
  }

  /** How late they were, added up, in milliseconds. */
  public long lagMillis() {
    return lagMillis.get();
  }

  /**
   * Fires what is due, if it is time to look; what is left has its turn in the next call. A
   * database that is away is no failure: schedules wait.
   *
   * @return how long there is nothing to do
   */
  Duration fireDue() {
    long wait = lookAt - System.nanoTime();
    if (wait > 0) {
      return Duration.ofNanos(wait);
    }
    Duration next = LOOK;
    try {
      next = look();
      away = false;
    } catch (SQLException | RuntimeException e) {
      if (!away) {
        log.warn("schedules wait: {}", e.toString());
      }
      away = true;
    }
    lookAt = System.nanoTime() + next.toNanos();
    return next;
  }

  private Duration look() throws SQLException {
    Optional<Duration> next = untilNext();
    if (next.isEmpty() || next.get().compareTo(LOOK) >= 0) {
      return LOOK;
    }
    return next.get().isPositive() ? next.get() : fire();
  }

  private Optional<Duration> untilNext() throws SQLException {
    try (Connection connection = database.getConnection()) {
      return DueSchedules.untilNext(connection);
    }
  }

  /** If there is nothing for this one, somebody else has what is due. */
  private Duration fire() throws SQLException {
    if (forgetAt - System.nanoTime() <= 0) {
      forgetAt = System.nanoTime() + REST.toNanos();
      unreadable.clear();
    }
    DueSchedules.Round round =
        Transaction.run(database, connection -> schedules.fire(connection, unreadable));
    unreadable.addAll(round.unreadable());
    fired.addAndGet(round.lags().size());
    lagMillis.addAndGet(round.lags().stream().mapToLong(Duration::toMillis).sum());
    return round.schedules() > 0 ? Duration.ZERO : LOOK;
  }
}
