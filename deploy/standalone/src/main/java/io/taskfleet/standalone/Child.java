package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running process. Its standard input stays open for as long as this JVM lives. */
public final class Child {
  private static final int TAIL_LINES = 20;

  private final ChildSpec spec;
  private final Process process;
  private final long startedNanos = System.nanoTime();

  private Child(ChildSpec spec, Process process) {
    this.spec = spec;
    this.process = process;
  }

  /** Starts it. */
  public static Child start(ChildSpec spec) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(spec.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
    builder.environment().putAll(spec.environment());
    return new Child(spec, builder.start());
  }

  /** What was started. */
  public ChildSpec spec() {
    return spec;
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** Waits for the end and answers the exit code, above 128 for a signal. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Waits for the end, and answers whether it came. */
  public boolean endsWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks the process to finish what it does and to end. */
  public void terminate() {
    process.destroy();
  }

  /** Ends it at once. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Ends the process and those it has started. */
  void killTree() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  /** The last lines of its log. */
  public String tail() {
    try {
      Path log = spec.log();
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return "The end of %s:%n%s"
          .formatted(
              log,
              String.join(
                  System.lineSeparator(),
                  lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())));
    } catch (IOException unreadable) {
      return "Its log %s cannot be read.".formatted(spec.log());
    }
  }
}
