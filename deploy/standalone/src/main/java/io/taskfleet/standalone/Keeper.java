package io.taskfleet.standalone;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one process running: starts it, waits until it is ready, starts it again when it dies, and
 * gives up when it dies too often. Runs on a virtual thread of its own.
 */
final class Keeper {
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  private final ChildSpec spec;
  private final Readiness readiness;
  private final Consumer<String> report;
  private final Runnable onReady;
  private final RestartBudget budget = new RestartBudget();
  private final CompletableFuture<Child> firstReady = new CompletableFuture<>();
  private final CountDownLatch stopping = new CountDownLatch(1);

  // Written by this keeper's thread, under the lock, so that no process starts after stop() looked.
  private @Nullable Child current;

  Keeper(ChildSpec spec, Readiness readiness, Consumer<String> report, Runnable onReady) {
    this.spec = spec;
    this.readiness = readiness;
    this.report = report;
    this.onReady = onReady;
  }

  Keeper start() {
    Thread.ofVirtual().name("keeper-" + spec.name()).start(this::keep);
    return this;
  }

  /** Completes when the process is ready for the first time, or fails with the reason. */
  CompletableFuture<Child> firstReady() {
    return firstReady;
  }

  ReadyFile.Member member() {
    Child child = child();
    return new ReadyFile.Member(
        spec.name(), child == null ? 0 : child.pid(), spec.management().toString());
  }

  /** Asks the process to finish what it does and to end; it is not started again. */
  void terminate() {
    stopping.countDown();
    firstReady.completeExceptionally(new StartException(spec.name() + " was stopped"));
    Child child = child();
    if (child != null) {
      child.terminate();
    }
  }

  /** Ends the process at once; it is not started again. */
  void kill() {
    stopping.countDown();
    Child child = child();
    if (child != null) {
      child.kill();
    }
  }

  /**
   * Waits for the end of a process that was terminated, and kills it when the limit passes.
   *
   * @return whether it ended by itself
   */
  boolean awaitEnd(Duration limit) {
    Child child = child();
    if (child == null || child.endsWithin(limit)) {
      return true;
    }
    report.accept("%s did not end within %d s; killed".formatted(spec.name(), limit.toSeconds()));
    child.kill();
    child.endsWithin(KILL_LIMIT);
    return false;
  }

  private synchronized @Nullable Child child() {
    return current;
  }

  private synchronized @Nullable Child startUnlessStopping() throws IOException {
    if (stopping.getCount() == 0) {
      return null;
    }
    current = Child.start(spec);
    return current;
  }

  private void keep() {
    try {
      for (Child child = startUnlessStopping(); child != null; child = startUnlessStopping()) {
        if (!livesOn(child)) {
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      firstReady.completeExceptionally(e);
      report.accept("%s cannot be started: %s".formatted(spec.name(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean livesOn(Child child) throws InterruptedException {
    if (readiness.awaits(child, READY_LIMIT)) {
      firstReady.complete(child);
      onReady.run();
    } else if (child.isAlive()) {
      report.accept(
          "%s is not ready after %d s; see %s"
              .formatted(spec.name(), READY_LIMIT.toSeconds(), spec.log()));
    }
    int code = child.await();
    if (stopping.getCount() == 0) {
      return false;
    }
    String death = "%s (pid %d) died: %s".formatted(spec.name(), child.pid(), cause(code));
    if (!firstReady.isDone()) {
      firstReady.completeExceptionally(new StartException(death + ". " + child.tail()));
      return false;
    }
    Optional<Duration> pause = budget.afterDeath(child.age());
    if (pause.isEmpty()) {
      report.accept("%s, too often; given up. %s".formatted(death, child.tail()));
      return false;
    }
    report.accept("%s; restarting it in %d ms".formatted(death, pause.get().toMillis()));
    return !stopping.await(pause.get().toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String cause(int code) {
    return code > 128 ? "signal " + (code - 128) : "exit code " + code;
  }
}
