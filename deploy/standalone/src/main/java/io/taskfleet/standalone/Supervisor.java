package io.taskfleet.standalone;

import io.taskfleet.localstack.KafkaMode;
import io.taskfleet.localstack.LocalServer;
import io.taskfleet.localstack.LocalStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts the fleet, keeps it running and stops it. {@link #start} and then {@link #stop} are called
 * by the main thread.
 */
final class Supervisor {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

  private final UpOptions options;
  private final StateDirectory state;
  private final Console console;

  // Written by the main thread; read by whoever forces the end.
  private volatile @Nullable LocalStack stack;
  private volatile @Nullable Keeper gateway;
  private volatile List<Keeper> workers = List.of();
  private volatile @Nullable QuickStart quickStart;
  private volatile boolean complete;
  private volatile boolean cancelled;

  Supervisor(UpOptions options, StateDirectory state, Console console) {
    this.options = options;
    this.state = state;
    this.console = console;
  }

  /**
   * Starts everything and waits until all of it is ready.
   *
   * @throws StartException when a process cannot be started
   */
  ReadyFile start() throws IOException {
    Secrets secrets = Secrets.in(options.data());
    CompletableFuture<Applications> applications =
        Applications.prepare(options, state.applications());
    LocalStack servers = startStack();
    Fleet fleet = new Fleet(options, state, servers, secrets, await(applications));
    startProcesses(fleet);
    if (cancelled) {
      cancelStart();
    }
    awaitAll();
    complete = true;
    rewrite(fleet);
    if (!options.cold()) {
      quickStart = new QuickStart(state, fleet.programs());
      quickStart.start();
    }
    return ready(fleet);
  }

  /**
   * Stops everything in the order that loses nothing: workers finish what they have begun, the
   * gateway answers what it has taken, the servers flush.
   *
   * @return whether everything ended by itself
   */
  boolean stop() {
    complete = false;
    stopTraining();
    workers.forEach(Keeper::terminate);
    long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
    boolean orderly = true;
    for (Keeper worker : workers) {
      orderly &= worker.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
    Keeper front = gateway;
    if (front != null) {
      front.terminate();
      orderly &= front.awaitEnd(DRAIN_LIMIT);
    }
    LocalStack servers = stack;
    if (servers != null) {
      servers.close();
    }
    return orderly;
  }

  /** Makes a start that is under way fail soon. May be called at any time, by any thread. */
  void cancelStart() {
    cancelled = true;
    if (!complete) {
      members().forEach(Keeper::terminate);
    }
  }

  /** Ends everything at once. May be called at any time, by any thread. */
  void kill() {
    complete = false;
    stopTraining();
    workers.forEach(Keeper::kill);
    Keeper front = gateway;
    if (front != null) {
      front.kill();
    }
    LocalStack servers = stack;
    if (servers != null) {
      Stream.<LocalServer>of(servers.kafka(), servers.redis(), servers.postgres())
          .forEach(LocalServer::kill);
    }
  }

  private void stopTraining() {
    QuickStart training = quickStart;
    if (training != null) {
      training.stop();
    }
  }

  private LocalStack startStack() {
    console.progress("Starting Kafka, Postgres, Redis and a mail sink");
    LocalStack.Builder builder = LocalStack.builder().kafkaMode(KafkaMode.CHILD_PROCESS);
    Path data = options.data();
    if (data != null) {
      builder.dataDirectory(data);
    }
    LocalStack started = builder.start();
    stack = started;
    console.progress("Starting the gateway and %d worker(s)".formatted(options.workers()));
    return started;
  }

  private void startProcesses(Fleet fleet) throws IOException {
    Readiness readiness = new Readiness();
    Runnable whenReady = () -> rewrite(fleet);
    gateway = new Keeper(fleet.gateway(), readiness, console::report, whenReady).start();
    workers =
        fleet.workers().stream()
            .map(spec -> new Keeper(spec, readiness, console::report, whenReady).start())
            .toList();
  }

  // Until all are ready or the first has failed, whichever comes first.
  private void awaitAll() {
    CompletableFuture<Object> failure = new CompletableFuture<>();
    CompletableFuture<?>[] ready =
        members().map(Keeper::firstReady).toArray(CompletableFuture<?>[]::new);
    for (CompletableFuture<?> each : ready) {
      var _ =
          each.whenComplete(
              (child, e) -> {
                if (e != null) {
                  failure.completeExceptionally(e);
                }
              });
    }
    await(CompletableFuture.anyOf(failure, CompletableFuture.allOf(ready)));
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StartException told
          ? told
          : new StartException("A process cannot be started: " + e.getCause());
    }
  }

  private Stream<Keeper> members() {
    return Stream.concat(Stream.ofNullable(gateway), workers.stream());
  }

  private ReadyFile ready(Fleet fleet) {
    List<ReadyFile.Member> members = members().map(Keeper::member).toList();
    return fleet.readyFile(members.getFirst(), members.subList(1, members.size()));
  }

  // Again after each restart, since the process ids have changed.
  private synchronized void rewrite(Fleet fleet) {
    if (complete) {
      try {
        ready(fleet).write(state.readyFile());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
