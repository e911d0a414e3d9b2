package io.taskfleet.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis 6.2 process. It saves its keys when it is stopped and loads them when it starts; a kill
 * loses what was written since the last save, as it may in production.
 */
public final class RedisServer implements LocalServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(15);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(10);

  private final int port;
  private final StackDirectory directory;
  private final ServerLog log;
  private final Path executable;

  // Guarded by this.
  private @Nullable Process process;

  // Unpacked here and not in start(): a process that another thread starts at the same time
  // inherits the file open for writing, and the system refuses to run such a file.
  RedisServer(int port, StackDirectory directory) {
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
  public String name() {
    return "Redis";
  }

  @Override
  public int port() {
    return port;
  }

  /** The address as clients want it, {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public synchronized boolean isRunning() {
    return process != null && process.isAlive();
  }

  @Override
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
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
  public synchronized void stop() {
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
  public synchronized void kill() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    exits(process, STOP_LIMIT);
    process = null;
  }

  private List<String> command() {
    return List.of(
        executable.toString(),
        "--port",
        Integer.toString(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        directory.redis().toString(),
        "--dbfilename",
        "redis.rdb",
        "--pidfile",
        directory.redisPid().path().toString(),
        "--save",
        "3600",
        "1",
        "--appendonly",
        "no",
        "--stop-writes-on-bgsave-error",
        "no");
  }

  private void awaitPong(Process started) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answersPing()) {
      if (exits(started, POLL)) {
        throw log.failure("Redis ended with code " + started.exitValue() + " while it started");
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw log.failure("Redis did not answer within " + START_LIMIT.toSeconds() + " s");
      }
    }
  }

  private boolean answersPing() {
    try (Socket client = new Socket()) {
      client.setSoTimeout(1000);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      client.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] reply = client.getInputStream().readNBytes(5);
      return "+PONG".equals(new String(reply, StandardCharsets.US_ASCII));
    } catch (IOException notYet) {
      return false;
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
