package io.taskfleet.worker.postgres;

import io.taskfleet.worker.failure.CallRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Lets few attempts work with Postgres at once. They are virtual threads, which a pool that they
 * all wait at starves (HikariCP #2398). Thread-safe.
 */
public final class Questions {
  private static final int AT_ONCE = 2;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  /**
   * While Postgres is away each turn lasts as long; nobody is to wait until the attempt is over.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final DataSource database;
  private final Duration patience;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /** Questions to this database. */
  public Questions(DataSource database) {
    this(database, PATIENCE);
  }

  /** The same, with another patience. */
  public Questions(DataSource database, Duration patience) {
    this.database = database;
    this.patience = patience;
  }

  /**
   * Runs one statement.
   *
   * @throws CallRefusedException if Postgres is away, or busy for too long
   */
  public <T> T ask(Transaction<T> statement) throws CallRefusedException, InterruptedException {
    takeTurn();
    try (Connection connection = database.getConnection()) {
      return statement.on(connection);
    } catch (SQLException away) {
      throw away();
    } finally {
      turns.release();
    }
  }

  /**
   * Runs statements that take effect together.
   *
   * @throws CallRefusedException if Postgres is away, or busy for too long
   */
  public <T> T together(Transaction<T> statements)
      throws CallRefusedException, InterruptedException {
    takeTurn();
    try {
      return Transaction.run(database, statements);
    } catch (SQLException away) {
      throw away();
    } finally {
      turns.release();
    }
  }

  private void takeTurn() throws CallRefusedException, InterruptedException {
    if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw away();
    }
  }

  private static CallRefusedException away() {
    return new CallRefusedException("Postgres does not answer", RETRY_AFTER);
  }
}
