package io.taskfleet.gateway.status;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Lets so many requests ask Postgres side by side, and the others wait for a while. Requests are
 * virtual threads without number, and a pool they all wait at starves their carriers (HikariCP
 * #2398): they wait here.
 */
public final class Turns {
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  private final Semaphore turns;
  private final Duration patience;

  Turns(int atOnce, Duration patience) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
  }

  /**
   * Asks, when it is this caller's turn. The query must be short.
   *
   * @throws ProblemException if Postgres does not answer, or too many ask it
   */
  public <T> T ask(Supplier<T> query) {
    try {
      if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw away();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    try {
      return query.get();
    } catch (DataAccessException | TransactionException e) {
      throw away();
    } finally {
      turns.release();
    }
  }

  /** That Postgres does not answer. */
  public static ProblemException away() {
    return ProblemException.unavailable(
        "tasks cannot be looked up at the moment", ASK_AGAIN_AFTER_SECONDS);
  }
}
