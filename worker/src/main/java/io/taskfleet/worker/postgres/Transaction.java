package io.taskfleet.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Statements that take effect together or not at all. */
@FunctionalInterface
public interface Transaction<T> {

  /**
   * Runs the statements; whoever called commits what returns and rolls back what throws.
   *
   * @throws SQLException if Postgres is away or refuses
   */
  T on(Connection connection) throws SQLException;

  /**
   * Runs these statements in a transaction of their own.
   *
   * @throws SQLException if Postgres is away or refuses; nothing has changed then, unless the
   *     answer to the commit was lost
   */
  static <T> T run(DataSource database, Transaction<T> statements) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T answer = statements.on(connection);
        connection.commit();
        return answer;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
    }
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
