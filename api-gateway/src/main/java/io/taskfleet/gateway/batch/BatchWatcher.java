package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for batches to end, for everybody at once: its own thread asks Postgres about all of them
 * together. With nobody waiting it sleeps.
 */
final class BatchWatcher implements SmartLifecycle {
  private final BatchRows rows;
  private final Duration every;
  private final ConcurrentMap<UUID, Watched> watched = new ConcurrentHashMap<>();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("batch-watcher").unstarted(this::run);
  private volatile boolean closed;

  BatchWatcher(BatchRows rows, Duration every) {
    this.rows = rows;
    this.every = every;
  }

  /** Those who wait for one batch; guarded by its entry in the map. */
  private record Watched(CompletableFuture<Boolean> ended, int waiters) {
    Watched plus(int more) {
      return new Watched(ended, waiters + more);
    }
  }

  /** Waits until the batch has ended, at most this long. */
  void await(UUID id, Duration time) throws InterruptedException {
    Watched now =
        watched.compute(
            id,
            (key, before) ->
                before == null ? new Watched(new CompletableFuture<>(), 1) : before.plus(1));
    try {
      if (!closed) {
        LockSupport.unpark(thread);
        boolean _ = now.ended().get(time.toNanos(), TimeUnit.NANOSECONDS);
      }
    } catch (TimeoutException | ExecutionException | CancellationException timeIsUp) {
      // Whoever waits looks at the batch itself.
    } finally {
      watched.computeIfPresent(id, (key, last) -> last.waiters() == 1 ? null : last.plus(-1));
    }
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive() && !closed;
  }

  /** Lets everybody go who waits, before the server waits for its requests to end. */
  @Override
  public void stop() {
    closed = true;
    LockSupport.unpark(thread);
    watched.values().forEach(each -> each.ended().cancel(false));
  }

  private void run() {
    while (!closed) {
      if (watched.isEmpty()) {
        LockSupport.park(this);
      } else {
        look();
        LockSupport.parkNanos(this, every.toNanos());
      }
    }
  }

  private void look() {
    try {
      for (UUID id : rows.ended(Set.copyOf(watched.keySet()))) {
        Watched each = watched.get(id);
        if (each != null) {
          each.ended().complete(true);
        }
      }
    } catch (ProblemException away) {
      // Asked again next time.
    }
  }
}
