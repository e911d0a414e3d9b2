package io.taskfleet.gateway.user;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Lets a bounded number of calls at Postgres, in the order in which they came. Requests are virtual
 * threads without number, and a pool they all wait at starves their carriers (HikariCP #2398).
 */
final class Turns {
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  private final Semaphore turns;
  private final Duration patience;

  Turns(int atOnce, Duration patience) {
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
  }

  /**
   * What this call answers.
   *
   * @throws ProblemException if its turn does not come, or Postgres does not answer
   * @throws DataIntegrityViolationException if the call breaks a constraint
   */
  <T> T take(Supplier<T> call) {
    try {
      if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw away();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    try {
      return call.get();
    } catch (DataIntegrityViolationException | InvalidDataAccessResourceUsageException ourFault) {
      throw ourFault;
    } catch (DataAccessException | TransactionException e) {
      throw away();
    } finally {
      turns.release();
    }
  }

  static ProblemException away() {
    return ProblemException.unavailable(
        "users cannot be looked up or changed at the moment", ASK_AGAIN_AFTER_SECONDS);
  }
}
