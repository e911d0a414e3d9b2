package io.taskfleet.worker.user;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.notification.Addressees;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;

/** The table {@code app_user}. */
public final class UserTable implements Addressees {
  private static final String FIND = "select from app_user where tenant = ? and id = ?";

  /** Attempts are virtual threads, which a pool that they all wait at starves (HikariCP #2398). */
  private static final int AT_ONCE = 2;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final DataSource database;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /** The table in this database. */
  public UserTable(DataSource database) {
    this.database = database;
  }

  @Override
  public boolean isKnown(String tenant, UUID user)
      throws CallRefusedException, InterruptedException {
    turns.acquire();
    try (Connection connection = database.getConnection();
        PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setString(1, tenant);
      find.setObject(2, user);
      try (ResultSet row = find.executeQuery()) {
        return row.next();
      }
    } catch (SQLException away) {
      throw new CallRefusedException("Postgres does not say who the user is", RETRY_AFTER);
    } finally {
      turns.release();
    }
  }
}
