package io.taskfleet.localstack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A broker in a JVM of its own, started with this JVM's binary and class path. */
final class BrokerProcess implements RunningBroker {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Process process;

  private BrokerProcess(Process process) {
    this.process = process;
  }

  static BrokerProcess start(List<String> jvmOptions, BrokerSettings settings, ServerLog log) {
    try {
      BrokerProcess broker =
          new BrokerProcess(
              new ProcessBuilder(TerminalShield.around(command(jvmOptions, settings)))
                  .redirectError(log.redirect())
                  .start());
      broker.awaitReady(log);
      return broker;
    } catch (IOException e) {
      throw log.failure("Kafka could not be started", e);
    }
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void stop() {
    try {
      process.getOutputStream().close();
    } catch (IOException alreadyGone) {
      // Then it is stopping, or has stopped, of its own accord.
    }
    if (!exits(STOP_LIMIT)) {
      kill();
    }
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    exits(STOP_LIMIT);
  }

  private static List<String> command(List<String> jvmOptions, BrokerSettings settings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=io/taskfleet/localstack/broker-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerMain.class.getName()));
    command.addAll(settings.toArguments());
    return command;
  }

  private void awaitReady(ServerLog log) {
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    Thread.ofVirtual().name("kafka-stdout").start(() -> read(ready));
    try {
      if (!ready.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        exits(STOP_LIMIT);
        throw log.failure("Kafka ended while it started");
      }
    } catch (TimeoutException e) {
      kill();
      throw log.failure("Kafka did not start within " + START_LIMIT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw log.failure("Kafka could not be started", e);
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new LocalStackException("Interrupted while Kafka started", e);
    }
  }

  // Reads on after the one word that matters, or a chatty JVM would block on a full pipe.
  private void read(CompletableFuture<Boolean> ready) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(BrokerMain.READY)) {
          ready.complete(true);
        }
      }
      ready.complete(false);
    } catch (IOException e) {
      ready.complete(false);
    }
  }

  private boolean exits(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
