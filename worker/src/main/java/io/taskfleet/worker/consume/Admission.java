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
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings taken records into their lanes, or to the ledger if no attempt is to be made. What
 * Postgres knows of them is asked on another thread (but for types in strict order), so that
 * attempts start and end meanwhile; what is taken in the meantime is held, and so is all as long as
 * nobody answers.
 */
final class Admission {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);
  private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(200);

  /** Records that the next question may be about before the loop takes no more. */
  private static final int MANY = 512;

  private final Intake intake;
  private final InFlights inFlights;
  private final Lanes lanes;
  private final Starter starter;
  private final Executor asking;
  private final Inbox inbox;
  private final Clock clock;

  /** In the order in which they were taken. */
  private final List<InFlight> held = new ArrayList<>();

  /** What is being asked, and about whom. */
  private Intake.@Nullable Question question;

  private List<InFlight> asked = List.of();

  /** Of tasks whose attempt still runs for a partition that was lost and has come back. */
  private final List<InFlight> twins = new ArrayList<>();

  private boolean unanswered;
  private long nextTry = System.nanoTime();

  /**
   * An admission in which nobody waits.
   *
   * @param asking runs what waits for Postgres
   * @param inbox brings the answers to {@link #answer}
   */
  Admission(
      Intake intake,
      InFlights inFlights,
      Lanes lanes,
      Starter starter,
      Executor asking,
      Inbox inbox,
      Clock clock) {
    this.intake = intake;
    this.inFlights = inFlights;
    this.lanes = lanes;
    this.starter = starter;
    this.asking = asking;
    this.inbox = inbox;
    this.clock = clock;
  }

  /** Admits these as soon as what is known of them is known here, after those that are held. */
  void admit(List<InFlight> taken) {
    held.addAll(taken);
    if (!unanswered) {
      ask();
    }
  }

  /** Whether records are held because nobody can be asked. */
  boolean isHolding() {
    return unanswered;
  }

  /** Whether an answer is on its way. */
  boolean isAsking() {
    return question != null;
  }

  /**
   * Whether the next question is large enough. Never while questions go unanswered: partitions are
   * paused then, and polling must go on.
   */
  boolean isBehind() {
    return !unanswered && held.size() >= MANY;
  }

  /** Forgets what was dropped with its window. */
  void forgetDropped() {
    held.removeIf(taken -> taken.dropped);
    twins.removeIf(taken -> taken.dropped);
    unanswered &= question != null || !held.isEmpty();
  }

  /** Tries again, if it is time to. */
  void admitHeld() {
    if (System.nanoTime() - nextTry >= 0 && !(held.isEmpty() && twins.isEmpty())) {
      held.addAll(twins);
      twins.clear();
      ask();
    }
  }

  /** One question at a time: who came first is admitted first. */
  private void ask() {
    if (question != null || held.isEmpty()) {
      return;
    }
    nextTry = System.nanoTime() + RETRY;
    Intake.Question next;
    try {
      next = intake.about(held.stream().map(InFlight::asTaken).toList());
    } catch (KafkaException e) {
      log.warn("{} records wait to be admitted: {}", held.size(), e.toString());
      unanswered = true;
      return;
    }
    question = next;
    asked = List.copyOf(held);
    held.clear();
    if (next.isEmpty() || intake.isInOrder()) {
      answer(knowledge(next));
    } else {
      inFlights.watch();
      asking.execute(() -> bringAnswer(next));
    }
  }

  private void bringAnswer(Intake.Question about) {
    Intake.Knowledge knowledge = null;
    try {
      knowledge = knowledge(about);
    } finally {
      inbox.put(new Inbox.Returned.Answered(knowledge));
    }
  }

  private Intake.@Nullable Knowledge knowledge(Intake.Question about) {
    try {
      return intake.ask(about);
    } catch (SQLException | RuntimeException e) {
      log.warn("records wait to be admitted: {}", e.toString());
      return null;
    }
  }

  /**
   * Admits those that were asked about, up to the first of which the answer may be outdated: it and
   * those after it are asked about again. Without an answer all are held.
   */
  void answer(Intake.@Nullable Knowledge knowledge) {
    Intake.Question about = Objects.requireNonNull(question);
    List<InFlight> answered = asked;
    question = null;
    asked = List.of();
    unanswered = knowledge == null;
    int admitted = knowledge == null ? 0 : carryOut(answered, intake.decide(about, knowledge));
    inFlights.unwatch();
    held.addAll(0, answered.subList(admitted, answered.size()));
    held.removeIf(taken -> taken.dropped);
    unanswered &= !held.isEmpty();
    if (knowledge != null) {
      ask();
    }
  }

  /** Answers how many of these could be carried out. */
  private int carryOut(List<InFlight> answered, List<Intake.Decision> decisions) {
    for (int i = 0; i < decisions.size(); i++) {
      InFlight taken = answered.get(i);
      Task task = decisions.get(i).task();
      if (task != null && inFlights.isOutdated(task.id())) {
        return i;
      }
      if (!taken.dropped) {
        carryOut(taken, decisions.get(i));
      }
    }
    return decisions.size();
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
      taken.suspect = new Suspect(taken.record, () -> starter.goOnWaiting(taken));
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
