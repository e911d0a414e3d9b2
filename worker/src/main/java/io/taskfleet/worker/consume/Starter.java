package io.taskfleet.worker.consume;

import io.taskfleet.worker.ledger.CrashLedger;
import io.taskfleet.worker.ledger.Entry;
import java.time.Clock;
import java.time.Instant;

/** Starts attempts: as many at once as may be, and in the order the lanes say. */
final class Starter {
  private final Permits permits;
  private final Lanes lanes;
  private final Suspects suspects;
  private final Dispatch dispatch;
  private final Clock clock;

  Starter(Permits permits, Lanes lanes, CrashLedger crashes, Dispatch dispatch, Clock clock) {
    this.permits = permits;
    this.lanes = lanes;
    this.suspects = new Suspects(crashes);
    this.dispatch = dispatch;
    this.clock = clock;
  }

  /** Starts what may start now. */
  void start() {
    permits.look();
    int limit = permits.limit();
    while (permits.taken() < limit) {
      InFlight next = lanes.next(permits.tenantWeights());
      if (next == null) {
        break;
      }
      if (next.dropped) {
        lanes.ended(next);
        lanes.release(next);
      } else if (next.cancelled || isExpired(next)) {
        lanes.ended(next);
        lanes.release(next);
        Unattempted unattempted = Unattempted.of(next, clock.instant());
        conclude(next, next.cancelled ? unattempted.cancelled() : unattempted.expired());
      } else if (permits.take(next)) {
        next.sendOut();
        if (next.suspect) {
          suspects.add(next);
        } else {
          dispatch.attempt(next);
        }
      }
    }
    suspects.start(dispatch::attempt, this::quarantine);
  }

  /** The permits and the share of an attempt that ended are free; its lane is not. */
  void ended(InFlight task) {
    permits.giveBack(task);
    lanes.ended(task);
    if (task.suspect) {
      suspects.ended(task);
    }
  }

  /** Has it recorded that a task waits behind another of its key. */
  void park(InFlight task) {
    conclude(task, Unattempted.of(task, clock.instant()).parked());
  }

  /** Forgets, from time to time, the suspicions that have turned out to be none. */
  void acquit() {
    suspects.acquit();
  }

  private void quarantine(InFlight task) {
    ended(task);
    lanes.release(task);
    dispatch.conclude(task, task.requireTask(), Unattempted.of(task, clock.instant()).crashLoop());
  }

  private void conclude(InFlight task, Entry.Outcome outcome) {
    task.sendOut();
    dispatch.conclude(task, task.requireTask(), outcome);
  }

  private boolean isExpired(InFlight waiting) {
    Instant expiresAt = waiting.requireTask().options().expiresAt();
    return expiresAt != null && expiresAt.isBefore(clock.instant());
  }
}
