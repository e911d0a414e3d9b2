package io.taskfleet.standalone;

import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a running fleet can be reached and with which secrets: the file {@code ready.json} that
 * exists while the fleet is up.
 *
 * @param url the gateway
 * @param managementUrl its health and metrics
 * @param apiKey a key that may do everything
 * @param webhookSecret what notifications are signed with
 * @param kafka {@code host:port}
 * @param jdbcUrl the database, credentials included
 * @param redis a {@code redis://} URL
 * @param smtp {@code host:port}
 * @param mailUrl where sent mail can be read (Mailpit's API)
 * @param pid the supervisor's process id
 */
public record ReadyFile(
    String url,
    String managementUrl,
    String apiKey,
    String webhookSecret,
    String kafka,
    String jdbcUrl,
    String redis,
    String smtp,
    String mailUrl,
    long pid,
    Member gateway,
    List<Member> workers) {

  /**
   * One process of the fleet.
   *
   * @param url where its health can be asked for
   */
  public record Member(String name, long pid, String url) {}

  /** Writes the file, for its owner alone. */
  void write(Path file) throws IOException {
    PrivateFile.write(
        file, StrictJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
  }

  /**
   * Reads the file.
   *
   * @throws IOException when it is not there or is not such a file
   */
  public static ReadyFile read(Path file) throws IOException {
    try {
      return StrictJson.read(Files.readAllBytes(file), ReadyFile.class);
    } catch (RefusedJsonException e) {
      throw new IOException(file + " is not a ready file: " + e.detail(), e);
    }
  }
}
