package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Writes the rows of new batches in the background, so that they can be read before a worker has
 * seen anything of them. A row that is not written, because Postgres is away for too long, is
 * written by the worker that first hears of the batch.
 */
final class Openings {
  private static final int MOST = 10_000;
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A batch whose first task was read. */
  record Opening(UUID id, String tenant, Instant at) {}

  private final BatchRows rows;
  private final ScheduledExecutorService background;
  private final Map<UUID, Opening> unwritten = new LinkedHashMap<>();
  // Whether a task is under way that will look at what waits; both guarded by this.
  private boolean expected;

  Openings(BatchRows rows, ScheduledExecutorService background) {
    this.rows = rows;
    this.background = background;
  }

  /** Writes the row of this batch, soon; never waits. */
  synchronized void opened(UUID id, String tenant, Instant at) {
    if (unwritten.size() < MOST) {
      unwritten.putIfAbsent(id, new Opening(id, tenant, at));
    }
    if (!expected) {
      expected = true;
      background.execute(this::write);
    }
  }

  /** Whether the tenant has this batch, though Postgres need not know it yet. */
  synchronized boolean isUnwritten(String tenant, UUID id) {
    Opening opening = unwritten.get(id);
    return opening != null && opening.tenant().equals(tenant);
  }

  /** Waits for the row of this batch to be written, if that is to be done here; not for long. */
  synchronized void awaitWritten(String tenant, UUID id) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (long left = PATIENCE.toNanos();
          left > 0 && isUnwritten(tenant, id);
          left = deadline - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    List<Opening> now = waiting();
    try {
      rows.open(now);
      written(now);
    } catch (ProblemException away) {
      // Tried again in a while.
    } finally {
      goOn();
    }
  }

  private synchronized List<Opening> waiting() {
    return List.copyOf(unwritten.values());
  }

  private synchronized void written(List<Opening> openings) {
    openings.forEach(each -> unwritten.remove(each.id()));
    notifyAll();
  }

  private synchronized void goOn() {
    expected = !unwritten.isEmpty();
    if (expected) {
      var _ = background.schedule(this::write, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
