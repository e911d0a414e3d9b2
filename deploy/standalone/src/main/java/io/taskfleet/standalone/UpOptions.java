package io.taskfleet.standalone;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code fleet up} was asked for.
 *
 * @param workers how many worker processes
 * @param port the gateway's
 * @param managementPort where the gateway tells its health and metrics
 * @param data where everything is kept over restarts; null to keep nothing
 * @param state where the ready file and the logs go
 * @param gatewayJar the gateway's executable jar
 * @param workerJar the worker's
 * @param cold whether to do without {@link QuickStart}
 */
record UpOptions(
    int workers,
    int port,
    int managementPort,
    @Nullable Path data,
    Path state,
    Path gatewayJar,
    Path workerJar,
    boolean cold) {

  private static final int DEFAULT_PORT = 8080;
  private static final int HIGHEST_PORT = 65_535;
  private static final int MOST_WORKERS = 64;
  private static final Set<String> NAMED =
      Set.of(
          "--workers",
          "--port",
          "--management-port",
          "--data",
          "--state",
          "--gateway-jar",
          "--worker-jar");

  /**
   * Reads the command line.
   *
   * @throws UsageException when it makes no sense
   */
  static UpOptions parse(String... arguments) {
    Flags flags = Flags.parse(arguments, NAMED, Set.of("--cold"));
    int port = flags.number("--port", DEFAULT_PORT, 1, HIGHEST_PORT - 1);
    int managementPort = flags.number("--management-port", port + 1, 1, HIGHEST_PORT);
    if (managementPort == port) {
      throw new UsageException("--port and --management-port must differ");
    }
    return new UpOptions(
        flags.number("--workers", 1, 1, MOST_WORKERS),
        port,
        managementPort,
        flags.value("--data").map(UpOptions::absolute).orElse(null),
        absolute(flags.value("--state").orElse(".taskfleet")),
        absolute(required(flags, "--gateway-jar")),
        absolute(required(flags, "--worker-jar")),
        flags.has("--cold"));
  }

  private static String required(Flags flags, String name) {
    return flags.value(name).orElseThrow(() -> new UsageException(name + " is missing"));
  }

  private static Path absolute(String path) {
    if (path.isBlank()) {
      throw new UsageException("A path must not be empty");
    }
    return Path.of(path).toAbsolutePath().normalize();
  }
}
