package io.taskfleet.standalone.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.standalone.ReadyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One fleet of one worker for all tests that do not harm it; it ends with the process. */
public final class SharedFleet {
  private static @Nullable SharedFleet shared;

  private final RunningFleet fleet;
  private final Path directory;

  private SharedFleet(RunningFleet fleet, Path directory) {
    this.fleet = fleet;
    this.directory = directory;
  }

  public static synchronized SharedFleet get() throws IOException {
    if (shared == null) {
      Path directory = Files.createTempDirectory("taskfleet-shared");
      RunningFleet fleet = RunningFleet.start(directory, 1);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(fleet)));
      shared = new SharedFleet(fleet, directory);
    }
    return shared;
  }

  private static void stop(RunningFleet fleet) {
    try {
      fleet.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public ReadyFile ready() {
    try {
      return fleet.ready();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the example type puts its images. */
  public Path albums() {
    return directory.resolve("albums");
  }

  public TaskfleetClient client() {
    return TaskfleetClient.at(ready().url()).key(ready().apiKey()).build();
  }

  /** A new key of somebody else. */
  public String keyOf(String tenant) throws SQLException, GeneralSecurityException {
    String key = "tf_" + UUID.randomUUID();
    try (Connection database = DriverManager.getConnection(ready().jdbcUrl());
        PreparedStatement insert =
            database.prepareStatement(
                """
                insert into api_key (id, tenant, name, hash, scopes, created_at)
                values (?, ?, 'test', ?, '{tasks:write,tasks:read,analytics,users}', now())
                """)) {
      insert.setObject(1, UUID.randomUUID());
      insert.setString(2, tenant);
      insert.setBytes(3, MessageDigest.getInstance("SHA-256").digest(key.getBytes(US_ASCII)));
      insert.executeUpdate();
    }
    return key;
  }

  /** How many tasks have this tag. */
  public long tagged(String tag) throws SQLException {
    try (Connection database = DriverManager.getConnection(ready().jdbcUrl());
        PreparedStatement count =
            database.prepareStatement(
                "select count(*) from task where tags like '%' || ? || '%'")) {
      count.setString(1, tag);
      try (var rows = count.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
