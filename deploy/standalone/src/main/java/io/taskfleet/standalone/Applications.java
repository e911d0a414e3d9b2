package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The programs of a fleet, ready to be started.
 *
 * @param tether the class path entry that ties them to the supervisor
 */
record Applications(BootApplication gateway, BootApplication worker, Path tether) {

  /** Unpacks both applications, side by side and in the background. */
  static CompletableFuture<Applications> prepare(UpOptions options, Path directory)
      throws IOException {
    Path tether = BootApplication.tether(directory);
    return unpack(options.gatewayJar(), directory.resolve("gateway"))
        .thenCombine(
            unpack(options.workerJar(), directory.resolve("worker")),
            (gateway, worker) -> new Applications(gateway, worker, tether));
  }

  private static CompletableFuture<BootApplication> unpack(Path jar, Path directory) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return BootApplication.unpack(jar, directory);
          } catch (IOException e) {
            throw new StartException("%s cannot be started: %s".formatted(jar, e.getMessage()));
          }
        });
  }
}
