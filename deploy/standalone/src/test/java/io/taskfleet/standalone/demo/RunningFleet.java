package io.taskfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.standalone.ReadyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The fleet as {@code ./fleet up} starts it, in processes of its own. */
public final class RunningFleet implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Process supervisor;
  private final Path state;
  private final Path output;

  private RunningFleet(Process supervisor, Path state, Path output) {
    this.supervisor = supervisor;
    this.state = state;
    this.output = output;
  }

  public static RunningFleet start(Path directory, int workers) throws IOException {
    Path state = directory.resolve("state");
    Path output = directory.resolve("up.log");
    List<String> options =
        List.of(
            "--workers",
            Integer.toString(workers),
            "--port",
            freePort(),
            "--management-port",
            freePort(),
            "--cold",
            "--data",
            directory.resolve("data").toString(),
            "--state",
            state.toString(),
            "--gateway-jar",
            jar("taskfleet.gateway.jar"),
            "--worker-jar",
            jar("taskfleet.worker.jar"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            "io.taskfleet.standalone.Standalone");
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(command.stream(), options.stream()).toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // As a user would, who has a type of their own.
    builder.environment().put("TASKFLEET_WORKER_TYPEJARS", jar("taskfleet.type.jars"));
    builder
        .environment()
        .put("TASKFLEET_TYPES_THUMBNAIL_DIRECTORY", directory.resolve("albums").toString());
    // As the pages of the docs say.
    builder.environment().put("TASKFLEET_WORKER_ANALYTICS_GROUP_BY", "plan");
    Process process = builder.start();
    RunningFleet fleet = new RunningFleet(process, state, output);
    await().atMost(START_LIMIT).until(() -> Files.exists(fleet.readyFile()) || !process.isAlive());
    assertThat(process.isAlive()).as(fleet::output).isTrue();
    return fleet;
  }

  public ReadyFile ready() throws IOException {
    return ReadyFile.read(readyFile());
  }

  Path readyFile() {
    return state.resolve("ready.json");
  }

  /** Asks the fleet to stop, and answers its exit code. */
  int stop(Duration limit) throws InterruptedException {
    supervisor.destroy();
    assertThat(supervisor.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
        .as(this::output)
        .isTrue();
    return supervisor.exitValue();
  }

  /** What the supervisor has said so far. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (supervisor.isAlive()) {
      supervisor.destroy();
      if (!supervisor.waitFor(60, TimeUnit.SECONDS)) {
        supervisor.destroyForcibly();
      }
    }
  }

  static String jar(String property) {
    return Objects.requireNonNull(System.getProperty(property), property);
  }

  static String freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(probe.getLocalPort());
    }
  }
}
