package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.quarantine.Suspect;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings taken records into their lanes, or to the ledger if no attempt is to be made. As long as
 * nobody can say what is known of them it holds them.
 */
final class Admission {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);
  private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(200);

  private final Intake intake;
  private final InFlights inFlights;
  private final Lanes lanes;
  private final Starter starter;
  private final Clock clock;
  private final List<InFlight> held = new ArrayList<>();

  /** Of tasks whose attempt still runs for a partition that was lost and has come back. */
  private final List<InFlight> twins = new ArrayList<>();

  private long nextTry = System.nanoTime();

  Admission(Intake intake, InFlights inFlights, Lanes lanes, Starter starter, Clock clock) {
    this.intake = intake;
    this.inFlights = inFlights;
    this.lanes = lanes;
    this.starter = starter;
    this.clock = clock;
  }

  /** Admits these at once, with what is held. */
  void admit(List<InFlight> taken) {
    held.addAll(taken);
    decide();
  }

  /** Whether records are held because nobody can be asked. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  /** Forgets what was dropped with its window. */
  void forgetDropped() {
    held.removeIf(taken -> taken.dropped);
    twins.removeIf(taken -> taken.dropped);
  }

  /** Tries again, if it is time to. */
  void admitHeld() {
    if (System.nanoTime() - nextTry >= 0 && !(held.isEmpty() && twins.isEmpty())) {
      held.addAll(twins);
      twins.clear();
      decide();
    }
  }

  private void decide() {
    try {
      List<Intake.Decision> decisions =
          intake.decide(held.stream().map(InFlight::asTaken).toList());
      List<InFlight> decided = List.copyOf(held);
      held.clear();
      for (int i = 0; i < decisions.size(); i++) {
        carryOut(decided.get(i), decisions.get(i));
      }
    } catch (SQLException | KafkaException e) {
      log.warn("{} records wait to be admitted: {}", held.size(), e.toString());
    }
    nextTry = System.nanoTime() + RETRY;
  }

  /** The id that this record's task has is taken by another task. */
  void conflict(InFlight taken) {
    carryOut(taken, intake.conflict(taken.record, clock.instant()));
  }

  private void carryOut(InFlight taken, Intake.Decision decision) {
    switch (decision) {
      case Intake.Decision.Run run -> {
        if (isNew(taken, run.task())) {
          run(taken, run);
        }
      }
      case Intake.Decision.Conclude conclude -> {
        if (isNew(taken, conclude.task())) {
          conclude(taken, conclude);
        }
      }
      case Intake.Decision.Duplicate _ -> inFlights.finishDuplicate(taken);
    }
  }

  /** Whether the task is not in flight here; else the record is dealt with. */
  private boolean isNew(InFlight taken, Task task) {
    InFlight same = inFlights.find(task.id());
    if (same == null || same.equals(taken)) {
      return true;
    }
    if (same.dropped) {
      twins.add(taken);
      return false;
    }
    if (task.delivery() > same.requireTask().delivery()) {
      return true;
    }
    if (Arrays.equals(task.payload(), same.requireTask().payload())) {
      inFlights.finishDuplicate(taken);
    } else {
      conflict(taken);
    }
    return false;
  }

  private void run(InFlight taken, Intake.Decision.Run run) {
    taken.attempt = run.attempt();
    taken.firstFailedAt = run.firstFailedAt();
    taken.keyPosition = run.keyPosition();
    if (taken.window.takeSuspect(taken.record.offset())) {
      taken.suspect = new Suspect(taken.record, () -> lanes.putBack(taken));
    }
    inFlights.remember(taken, run.task());
    lanes.add(taken);
  }

  /**
   * A task that has to wait keeps its place before those that come after it: behind whom it follows
   * if they are here, else at the head of its lane, until that is recorded.
   */
  private void conclude(InFlight taken, Intake.Decision.Conclude conclude) {
    taken.keyPosition = conclude.keyPosition();
    taken.attempt = conclude.outcome().attempt() + 1;
    taken.firstFailedAt = conclude.outcome().firstFailedAt();
    boolean keepsPlace = taken.keyPosition != null && !conclude.outcome().state().isTerminal();
    if (keepsPlace) {
      inFlights.remember(taken, conclude.task());
      if (lanes.isTaken(taken)) {
        taken.behind = conclude.outcome().state() == TaskState.DEFERRED;
        lanes.add(taken);
        return;
      }
      lanes.close(taken);
      starter.concludeInLane(taken, conclude.outcome());
    } else {
      starter.conclude(taken, conclude.task(), conclude.outcome());
    }
  }
}
