package io.taskfleet.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A Redis 6.2 process. */
final class RedisProcess implements ServerHost {
  private static final Duration START_LIMIT = Duration.ofSeconds(15);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(10);

  private final int port;
  private final StackDirectory directory;
  private final ServerLog log;
  private final Path executable;

  private @Nullable Process process;

  // Unpacked here and not in start(): a process that another thread starts at the same time
  // inherits the file open for writing, and the system refuses to run such a file.
  RedisProcess(int port, StackDirectory directory) {
    this.port = port;
    this.directory = directory;
    this.log = new ServerLog(directory.log("redis"));
    try {
      Path home = Files.createDirectories(directory.redis());
      this.executable =
          ExecutableProvider.newJarResourceProvider(home.toFile()).get().toPath().toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException("Redis could not be unpacked", e);
    }
  }

  @Override
  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  @Override
  public void start() {
    directory.redisPid().kill();
    try {
      Process started =
          new ProcessBuilder(TerminalShield.around(command()))
              .redirectErrorStream(true)
              .redirectOutput(log.redirect())
              .start();
      process = started;
      awaitPong(started);
    } catch (IOException e) {
      throw log.failure("Redis could not be started", e);
    }
  }

  @Override
  public void stop() {
    if (process == null) {
      return;
    }
    process.destroy();
    if (!exits(process, STOP_LIMIT)) {
      kill();
    }
    process = null;
  }

  @Override
  public void kill() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    exits(process, STOP_LIMIT);
    process = null;
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(executable.toString());
    command.addAll(RedisServer.SETTINGS);
    command.addAll(
        List.of(
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            directory.redis().toString(),
            "--pidfile",
            directory.redisPid().path().toString()));
    return command;
  }

  private void awaitPong(Process started) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!RedisServer.answersPing(port)) {
      if (exits(started, POLL)) {
        throw log.failure("Redis ended with code " + started.exitValue() + " while it started");
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw log.failure("Redis did not answer within " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  private static boolean exits(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("Interrupted while waiting for Redis", e);
    }
  }
}
