package io.taskfleet.gateway.security;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Lets few requests at a time ask Postgres. Requests are virtual threads without number, and a pool
 * that they all wait at starves their carriers (HikariCP #2398).
 */
final class Turns {
  private static final int RETRY_AFTER_SECONDS = 5;

  private final Semaphore turns;
  private final Duration patience;
  private final String refusal;

  /**
   * As many as may ask at once.
   *
   * @param refusal what a caller is told when Postgres, or a turn, is not to be had
   */
  Turns(int atOnce, Duration patience, String refusal) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
    this.refusal = refusal;
  }

  /**
   * What Postgres answers.
   *
   * @throws ProblemException if it does not
   */
  <T> T ask(Supplier<T> question) {
    try {
      if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw away();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    try {
      return question.get();
    } catch (DataAccessException | TransactionException e) {
      throw away();
    } finally {
      turns.release();
    }
  }

  private ProblemException away() {
    return ProblemException.unavailable(refusal, RETRY_AFTER_SECONDS);
  }
}
