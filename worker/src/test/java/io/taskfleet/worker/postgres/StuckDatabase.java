package io.taskfleet.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** A database that is away, and takes its time to say so: until it is closed. */
public final class StuckDatabase extends AbstractDataSource implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore asked = new Semaphore(0);
  private final CountDownLatch over = new CountDownLatch(1);

  /** Asks these, and returns when all of them wait for it. */
  public void keepBusyWith(Callable<?>... questions) throws InterruptedException {
    for (Callable<?> each : questions) {
      var _ = threads.submit(each);
    }
    asked.acquire(questions.length);
  }

  @Override
  public Connection getConnection() throws SQLException {
    asked.release();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SQLException("away");
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public void close() {
    over.countDown();
    threads.close();
  }
}
