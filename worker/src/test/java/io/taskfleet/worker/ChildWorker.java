package io.taskfleet.worker;

import io.taskfleet.handler.TaskType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** A worker in a process of its own, so that it can be killed. */
final class ChildWorker implements AutoCloseable {
  private final Process process;

  private ChildWorker(Process process) {
    this.process = process;
  }

  /** Starts one that plays scripts; what it logs goes to a file of the build. */
  static ChildWorker start(TestFleet fleet, String... properties) {
    return start(fleet, ScriptHandler.TYPE, properties);
  }

  /** Starts one that does tasks of this type. */
  static ChildWorker start(TestFleet fleet, TaskType<?> type, String... properties) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(fleet.arguments(properties));
    command.add("--taskfleet.worker.types=" + type.name());
    try {
      Path log =
          Files.createTempFile(Files.createDirectories(Path.of("target")), "worker-", ".log");
      return new ChildWorker(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(log.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The process is gone at once, with everything it had under way. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** It stands still, with everything it has under way (SIGSTOP). */
  void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** It goes on (SIGCONT). */
  void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String which) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", which, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IOException("kill " + which + " ended with " + code);
    }
  }

  /** Tells it to go (SIGTERM), and answers how long that took it. */
  Duration drain(Duration patience) {
    long told = System.nanoTime();
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("still there after " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Duration.ofNanos(System.nanoTime() - told);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** What the process runs. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      new SpringApplicationBuilder(WorkerApplication.class, ScriptHandler.Configured.class)
          .run(arguments);
    }
  }
}
