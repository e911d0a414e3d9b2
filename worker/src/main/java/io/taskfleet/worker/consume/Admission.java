package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
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
  private final Dispatch dispatch;
  private final Clock clock;
  private final List<InFlight> held = new ArrayList<>();
  private long nextTry = System.nanoTime();

  Admission(Intake intake, InFlights inFlights, Lanes lanes, Dispatch dispatch, Clock clock) {
    this.intake = intake;
    this.inFlights = inFlights;
    this.lanes = lanes;
    this.dispatch = dispatch;
    this.clock = clock;
  }

  /** Admits these at once, with what is held. */
  void admit(List<InFlight> taken) {
    held.addAll(taken);
    nextTry = System.nanoTime();
    admitHeld();
  }

  /** Whether records are held. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  /** Forgets what was dropped with its window. */
  void forgetDropped() {
    held.removeIf(taken -> taken.dropped);
  }

  /** Tries again, if it is time to. */
  void admitHeld() {
    if (held.isEmpty() || System.nanoTime() - nextTry < 0) {
      return;
    }
    try {
      List<Intake.Decision> decisions = intake.decide(held);
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
      case Intake.Decision.Run run -> enqueue(taken, run);
      case Intake.Decision.Conclude(var task, var position, var outcome) -> {
        taken.keyPosition = position;
        taken.sendOut();
        dispatch.conclude(taken, task, outcome);
      }
      case Intake.Decision.Repeat(var task, var known) -> {
        taken.sendOut();
        dispatch.repeat(taken, task, known);
      }
      case Intake.Decision.Duplicate _ -> inFlights.finish(taken);
    }
  }

  private void enqueue(InFlight taken, Intake.Decision.Run run) {
    Task task = run.task();
    InFlight same = inFlights.find(task.id());
    if (same != null && same.dropped) {
      // Its partition was lost and has come back while the attempt still runs: ask again later.
      held.add(taken);
      return;
    }
    if (same != null && task.delivery() <= same.requireTask().delivery()) {
      if (Arrays.equals(task.payload(), same.requireTask().payload())) {
        inFlights.finish(taken);
      } else {
        conflict(taken);
      }
      return;
    }
    taken.attempt = run.attempt();
    taken.firstFailedAt = run.firstFailedAt();
    taken.keyPosition = run.keyPosition();
    inFlights.remember(taken, task);
    lanes.add(taken);
  }
}
