package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.quarantine.Suspects;
import io.taskfleet.worker.quarantine.Suspects.Word;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Starts attempts: as many at once as may be, and in the order the lanes say. */
final class Starter {
  private final Permits permits;
  private final Lanes lanes;
  private final StrictOrder order;
  private final Suspects suspects;
  private final Dispatch dispatch;
  private final Predicate<UUID> cancelledBatches;
  private final Clock clock;

  Starter(Permits permits, Lanes lanes, Dispatch dispatch, Engine.Surroundings world) {
    this.permits = permits;
    this.lanes = lanes;
    this.order = new StrictOrder(lanes, this::park);
    this.suspects = new Suspects(world.crashes());
    this.dispatch = dispatch;
    this.cancelledBatches = world.controls()::isCancelled;
    this.clock = world.clock();
  }

  /** Starts what may start now. */
  void start() {
    permits.look();
    startReady();
    while (suspects.advance()) {
      startReady();
    }
  }

  private void startReady() {
    int limit = permits.limit();
    while (permits.taken() < limit) {
      InFlight next = lanes.next(permits.served(limit), permits.tenantWeights());
      if (next == null) {
        return;
      }
      Entry.Outcome outcome = next.dropped ? null : unattempted(next);
      if (next.dropped || outcome != null) {
        lanes.ended(next);
        if (outcome != null && next.suspect != null) {
          suspects.ended(next.suspect);
        }
        leave(next, outcome);
      } else if (permits.take(next)) {
        goOn(next);
      } else if (next.suspect != null) {
        suspects.passOver(next.suspect);
      }
    }
  }

  /** With its permits: what is held by an operator or a cap must not count as started. */
  private void goOn(InFlight task) {
    switch (task.suspect == null ? Word.START : suspects.ask(task.suspect)) {
      case START -> {
        task.sendOut();
        dispatch.attempt(task);
      }
      case WAIT -> {}
      case APART -> giveBack(task);
      case DIE -> {
        giveBack(task);
        leave(task, task.unattempted(clock.instant()).crashLoop());
      }
    }
  }

  /** It has waited as a suspect: with the permits it has it goes on, else when it has some. */
  void goOnWaiting(InFlight suspect) {
    if (suspect.permitted && !suspect.dropped && unattempted(suspect) == null) {
      goOn(suspect);
    } else {
      if (suspect.permitted) {
        giveBack(suspect);
      }
      lanes.putBack(suspect);
    }
  }

  private void giveBack(InFlight task) {
    permits.giveBack(task);
    lanes.ended(task);
  }

  /** What becomes of a task without an attempt, if none is to be made now. */
  private Entry.@Nullable Outcome unattempted(InFlight task) {
    Task.Options options = task.requireTask().options();
    UUID batch = task.requireTask().batchId();
    if (batch != null && cancelledBatches.test(batch)) {
      task.cancelled = true;
    }
    boolean isInTheWay = permits.isInTheWay(task);
    if (!task.cancelled && !task.behind && !isInTheWay && options.equals(Task.Options.NONE)) {
      return null;
    }
    Ending ending = task.unattempted(clock.instant());
    if (task.cancelled) {
      return ending.cancelled();
    }
    Entry.Outcome outcome = Intake.unattempted(task.requireTask(), ending, task.behind);
    return outcome == null && isInTheWay ? ending.held(task.requireTask().delivery()) : outcome;
  }

  private void leave(InFlight head, Entry.@Nullable Outcome outcome) {
    if (outcome == null) {
      lanes.release(head);
      return;
    }
    Entry.Outcome storable = Intake.storable(head.requireTask(), outcome);
    if (head.keyPosition == null || storable.state().isTerminal()) {
      lanes.release(head);
      conclude(head, head.requireTask(), storable);
    } else {
      concludeInLane(head, storable);
    }
  }

  /** Has it recorded, without an attempt, what becomes of a task. */
  void conclude(InFlight taken, Task task, Entry.Outcome outcome) {
    taken.sendOut();
    dispatch.conclude(taken, task, outcome);
  }

  /** The same for the head of a lane, which stays closed until that is durable. */
  void concludeInLane(InFlight head, Entry.Outcome outcome) {
    order.close(head);
    conclude(head, head.requireTask(), outcome);
  }

  private void park(InFlight task) {
    Entry.Outcome parked = task.unattempted(clock.instant()).parked();
    conclude(task, task.requireTask(), Intake.storable(task.requireTask(), parked));
  }

  /** An attempt has ended: its permits are free, and its lane, unless the order is strict. */
  void ended(InFlight task, Inbox.Next next) {
    giveBack(task);
    if (task.suspect != null) {
      suspects.ended(task.suspect);
    }
    if (next == Inbox.Next.WAIT && task.keyPosition != null) {
      order.close(task);
      // The ledger may have been quicker than the attempt's own last words.
      if (!task.out) {
        order.recorded(task);
      }
    } else {
      lanes.release(task);
    }
  }

  /** What became of a task is durable. */
  void recorded(InFlight task) {
    order.recorded(task);
  }

  /** Whether suspects wait because nobody can count them. */
  boolean isHeldUp() {
    return suspects.areHeldUp();
  }

  /** Forgets, from time to time, the suspicions that have turned out to be none. */
  void acquit() {
    suspects.acquit();
  }

  /** Whether no task waits here for anything but its turn in a lane. */
  boolean isIdle() {
    return suspects.isEmpty() && permits.kept() == 0;
  }

  /** Lets go of what was dropped with its window. */
  void forgetDropped() {
    suspects.releaseDropped();
    permits.reconsider();
  }
}
