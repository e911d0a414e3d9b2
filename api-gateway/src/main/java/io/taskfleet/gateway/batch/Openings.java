package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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

  /** A batch whose first task was read. */
  record Opening(UUID id, String tenant, Instant at) {}

  private final BatchRows rows;
  private final ScheduledExecutorService background;
  private final Queue<Opening> waiting = new ArrayDeque<>();
  // Whether a task is under way that will look at what waits; both guarded by this.
  private boolean expected;

  Openings(BatchRows rows, ScheduledExecutorService background) {
    this.rows = rows;
    this.background = background;
  }

  /** Writes the row of this batch, soon; never waits. */
  synchronized void opened(UUID id, String tenant, Instant at) {
    if (waiting.size() < MOST) {
      waiting.add(new Opening(id, tenant, at));
    }
    if (!expected) {
      expected = true;
      background.execute(this::write);
    }
  }

  private void write() {
    List<Opening> now = take();
    try {
      rows.open(now);
    } catch (ProblemException away) {
      giveBack(now);
    } finally {
      goOn();
    }
  }

  private synchronized void goOn() {
    expected = !waiting.isEmpty();
    if (expected) {
      var _ = background.schedule(this::write, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized List<Opening> take() {
    List<Opening> now = new ArrayList<>(waiting);
    waiting.clear();
    return now;
  }

  private synchronized void giveBack(List<Opening> unwritten) {
    unwritten.stream().limit(MOST - waiting.size()).forEach(waiting::add);
  }
}
