package io.taskfleet.worker.consume;

import io.taskfleet.worker.ledger.CrashLedger;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that may have been started by a worker that did not live to tell. Each start is counted
 * in Postgres first. One that was under way in two crashes runs only when no other such one does,
 * so that the third crash accuses a single record; that one is dead then.
 */
final class Suspects {
  private static final Logger log = LoggerFactory.getLogger(Suspects.class);
  private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(200);

  /** Crashes a record may be seen in before it runs alone. */
  private static final int ALONE_AFTER = 2;

  /** Crashes after which it does not run any more. */
  private static final int DEAD_AFTER = 3;

  private final CrashLedger crashes;
  private final List<InFlight> uncounted = new ArrayList<>();
  private final ArrayDeque<InFlight> apart = new ArrayDeque<>();
  private final List<InFlight> ended = new ArrayList<>();
  private @Nullable InFlight alone;
  private long nextTry = System.nanoTime();

  Suspects(CrashLedger crashes) {
    this.crashes = crashes;
  }

  /** Takes one that has a permit. */
  void add(InFlight task) {
    uncounted.add(task);
  }

  /**
   * Counts those that were added and starts them; they wait while Postgres cannot count.
   *
   * @param quarantine ends a task that has taken too many workers down
   */
  void start(Consumer<InFlight> attempt, Consumer<InFlight> quarantine) {
    if (!uncounted.isEmpty() && System.nanoTime() - nextTry >= 0) {
      count(attempt, quarantine);
    }
    if (alone == null && !apart.isEmpty()) {
      alone = apart.remove();
      attempt.accept(alone);
    }
  }

  private void count(Consumer<InFlight> attempt, Consumer<InFlight> quarantine) {
    try {
      List<InFlight> counted = List.copyOf(uncounted);
      List<Integer> starts = crashes.begin(counted.stream().map(task -> task.record).toList());
      uncounted.clear();
      for (int i = 0; i < counted.size(); i++) {
        InFlight task = counted.get(i);
        int before = starts.get(i) - 1;
        if (before >= DEAD_AFTER) {
          quarantine.accept(task);
        } else if (before >= ALONE_AFTER) {
          apart.add(task);
        } else {
          attempt.accept(task);
        }
      }
    } catch (SQLException e) {
      log.warn("{} records wait to be counted: {}", uncounted.size(), e.toString());
      nextTry = System.nanoTime() + RETRY;
    }
  }

  /** An attempt has ended, however it did, and the worker lives. */
  void ended(InFlight task) {
    ended.add(task);
    if (task.equals(alone)) {
      alone = null;
    }
  }

  /** Forgets, from time to time, the starts of those that ended. */
  void acquit() {
    if (ended.isEmpty()) {
      return;
    }
    try {
      crashes.end(ended.stream().map(task -> task.record).toList());
      ended.clear();
    } catch (SQLException e) {
      log.debug("Postgres does not forget {} starts: {}", ended.size(), e.toString());
    }
  }
}
