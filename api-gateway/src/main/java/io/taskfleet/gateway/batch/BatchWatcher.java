package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.live.Waiters;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for batches to come on and to end, for everybody at once: its own thread asks Postgres
 * about all of them together. With nobody waiting it sleeps.
 */
final class BatchWatcher implements SmartLifecycle {
  private final BatchRows rows;
  private final Duration every;
  private final Waiters<Optional<Batch>> watched = new Waiters<>(Optional.empty());
  private final Thread thread =
      Thread.ofPlatform().daemon().name("batch-watcher").unstarted(this::run);
  private volatile boolean closed;

  BatchWatcher(BatchRows rows, Duration every) {
    this.rows = rows;
    this.every = every;
  }

  /** Watches a batch from now on; empty until it has been looked at. */
  Waiters<Optional<Batch>>.Waiter watch(UUID id) {
    Waiters<Optional<Batch>>.Waiter waiter = watched.join(id);
    LockSupport.unpark(thread);
    return waiter;
  }

  /** Whether batches are watched still. */
  boolean isOpen() {
    return !closed;
  }

  /** Waits until the batch has ended, at most this long. */
  void await(UUID id, Duration time) throws InterruptedException {
    try (Waiters<Optional<Batch>>.Waiter waiter = watch(id)) {
      var _ = waiter.await(seen -> seen.filter(Batch::hasEnded).isPresent(), time);
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
    watched.close();
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
      rows.findAll(watched.ids())
          .forEach(batch -> watched.tell(batch.id(), before -> Optional.of(batch)));
    } catch (ProblemException away) {
      // Asked again next time.
    }
  }
}
