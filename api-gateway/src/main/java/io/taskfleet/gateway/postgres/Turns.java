package io.taskfleet.gateway.postgres;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Lets so many requests ask Postgres side by side, and the others wait for a while. Requests are
 * virtual threads without number, and a pool they all wait at starves their carriers (HikariCP
 * #2398): they wait here.
 */
public final class Turns {
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  private final Semaphore turns;
  private final Duration patience;
  private final String refusal;

  /**
   * Turns of one kind of question.
   *
   * @param refusal what a caller is told when Postgres, or a turn, is not to be had
   */
  public Turns(int atOnce, Duration patience, String refusal) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
    this.refusal = refusal;
  }

  /**
   * Asks, when it is this caller's turn. The query must be short.
   *
   * @throws ProblemException if Postgres does not answer, or too many ask it
   * @throws DataIntegrityViolationException if the call breaks a constraint
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
    } catch (DataIntegrityViolationException | InvalidDataAccessResourceUsageException ourFault) {
      throw ourFault;
    } catch (DataAccessException | TransactionException e) {
      throw away();
    } finally {
      turns.release();
    }
  }

  /**
   * The same, of statements that are one transaction.
   *
   * @throws ProblemException as above
   */
  public <T> T ask(TransactionOperations transactions, Supplier<T> statements) {
    return ask(() -> Objects.requireNonNull(transactions.execute(_ -> statements.get())));
  }

  /** That Postgres does not answer. */
  public ProblemException away() {
    return ProblemException.unavailable(refusal, ASK_AGAIN_AFTER_SECONDS);
  }
}
