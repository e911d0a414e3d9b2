package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.fleet.QueueControl;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.telemetry.Activity;
import io.taskfleet.worker.telemetry.Activity.Pause;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Everything between a poll and a commit, for one loop and on its thread: records are admitted,
 * wait in lanes, are started, come back, and are finished.
 */
final class Flow {
  private final BackPressure pressure;
  private final InFlights inFlights;
  private final Lanes lanes;
  private final Permits permits;
  private final Starter starter;
  private final Admission admission;

  Flow(
      TypeSettings settings,
      Gate gate,
      Supplier<QueueControl> controls,
      Intake intake,
      Dispatch dispatch,
      Inbox inbox,
      Executor asking,
      Engine.Surroundings world) {
    pressure = new BackPressure(settings.maxInFlight(), settings.maxInFlightBytes());
    inFlights = new InFlights(pressure);
    lanes = new Lanes(settings.ordering() != Ordering.NONE, settings.weights());
    permits = new Permits(settings.concurrency(), gate, controls, world.caps(), lanes, pressure);
    starter = new Starter(permits, lanes, dispatch, world);
    admission = new Admission(intake, inFlights, lanes, starter, asking, inbox, world.clock());
  }

  InFlights inFlights() {
    return inFlights;
  }

  /** What is being done now. */
  Activity activity() {
    return new Activity(
        pressure.records(),
        pressure.taken(),
        inFlights.duplicates(),
        permits.taken(),
        permits.limit(),
        pauses());
  }

  private Set<Pause> pauses() {
    Set<Pause> pauses = EnumSet.noneOf(Pause.class);
    add(pauses, Pause.FULL, pressure.isFull());
    add(pauses, Pause.INTAKE, admission.isHolding() || starter.isHeldUp());
    add(pauses, Pause.OPERATOR, permits.isPaused());
    add(pauses, Pause.DEPENDENCY, permits.isGated());
    return pauses;
  }

  private static void add(Set<Pause> pauses, Pause pause, boolean holds) {
    if (holds) {
      pauses.add(pause);
    }
  }

  /** Whether no attempt may be started, however many permits are free. */
  boolean isShut() {
    return permits.isShut();
  }

  /** Whether nothing that waits could start without something coming back first. */
  boolean isWaiting() {
    return lanes.isEmpty();
  }

  /** Whether no task waits for anything that would come through the inbox. */
  boolean isIdle() {
    return lanes.isEmpty() && starter.isIdle() && !admission.isAsking();
  }

  /** Whether what is taken now would only wait to be asked about. */
  boolean isBehind() {
    return admission.isBehind();
  }

  /** Takes in what was polled. */
  void admit(List<InFlight> taken) {
    admission.admit(taken);
    starter.start();
  }

  /** Does what has become possible. */
  void advance() {
    admission.admitHeld();
    starter.start();
  }

  /** Does what can wait a second. */
  void tick() {
    starter.acquit();
    if (pressure.isFull()) {
      permits.reconsider();
    }
  }

  /** Takes what comes back. */
  void takeBack(Inbox.Returned returned) {
    switch (returned) {
      case Inbox.Returned.AttemptEnded(InFlight task, var next) -> {
        starter.ended(task, next);
        if (next == Inbox.Next.COME_AGAIN) {
          inFlights.comeBack(task);
        }
      }
      case Inbox.Returned.Finished(InFlight task) -> {
        inFlights.comeBack(task);
        inFlights.finish(task);
        starter.recorded(task);
      }
      case Inbox.Returned.Conflicted(InFlight task) -> {
        inFlights.comeBack(task);
        if (task.dropped) {
          starter.recorded(task);
        } else {
          admission.conflict(task);
        }
      }
      case Inbox.Returned.Answered(var knowledge) -> admission.answer(knowledge);
      case Inbox.Returned.Cancelled(Collection<UUID> ids) -> ids.forEach(this::cancel);
      case Inbox.Returned.Granted _ -> permits.reconsider();
    }
  }

  /** One that is under way is left to whoever interrupts it. */
  private void cancel(UUID id) {
    InFlight task = inFlights.find(id);
    if (task == null) {
      inFlights.missed(id);
    } else {
      task.cancelled = true;
    }
  }

  /** Pauses and resumes partitions as needed, and answers whether any is paused. */
  boolean pause(Consumer<?, ?> consumer) {
    pressure.apply(consumer, takesNothing());
    return pressure.isPausing();
  }

  /** Pauses all partitions but the urgent ones, until {@link #pauseAnew}. */
  void pauseAllButUrgent(Consumer<?, ?> consumer) {
    consumer.pause(
        consumer.assignment().stream()
            .filter(partition -> Topics.priority(partition.topic()) != Priority.HIGH)
            .toList());
  }

  /** The same for every partition anew, whoever has paused or assigned them. */
  void pauseAnew(Consumer<?, ?> consumer) {
    pressure.reapply(consumer, takesNothing());
  }

  /** Forgets what was dropped with its window. */
  void forgetDropped() {
    admission.forgetDropped();
    starter.forgetDropped();
    starter.start();
  }

  private boolean takesNothing() {
    return admission.isHolding() || permits.isShut();
  }
}
