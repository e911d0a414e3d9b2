package io.taskfleet.worker.consume;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Capacity;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outcome.Conclusion;
import io.taskfleet.worker.quarantine.CrashLedger;
import io.taskfleet.worker.telemetry.LoopMeters;
import io.taskfleet.worker.topic.TopicIds;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The poll loops of one worker, one for each type it works on, and the ledger they share. */
public final class Engine {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  /** What is left of the drain deadline for recording attempts that had to be interrupted. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private static final Duration HANGS_AFTER = Duration.ofSeconds(30);

  private final List<PollLoop> loops = new ArrayList<>();
  private final Ledger ledger;
  private final RunningWatch watch;
  private final MeterRegistry meters;
  private volatile boolean started;

  /** An engine without types yet. */
  public Engine(Ledger ledger, RunningWatch watch, MeterRegistry meters) {
    this.ledger = ledger;
    this.watch = watch;
    this.meters = meters;
  }

  /**
   * What a loop needs of the world.
   *
   * @param admin asked for the ids of topics
   */
  public record Surroundings(
      TaskTable tasks,
      CrashLedger crashes,
      Controls controls,
      Caps caps,
      Admin admin,
      Clock clock) {}

  /**
   * Adds a type; before the start only.
   *
   * @param consumers makes a consumer in the type's group, with auto-commit off
   */
  public Engine with(
      String type,
      TypeSettings settings,
      RetryPolicy policy,
      Attempts<?> attempts,
      Capacity capacity,
      Supplier<Consumer<byte[], byte @Nullable []>> consumers,
      Surroundings surroundings) {
    Clock clock = surroundings.clock;
    Inbox inbox = new Inbox();
    TopicIds topicIds = new TopicIds(surroundings.admin);
    Intake intake =
        new Intake(type, knowing(settings, attempts), surroundings.tasks, topicIds, clock);
    Dispatch dispatch =
        new Dispatch(
            attempts,
            capacity.threads(),
            new Conclusion(policy, new Random()),
            ledger,
            inbox,
            clock);
    Flow flow =
        new Flow(
            settings,
            capacity.gate(),
            () -> surroundings.controls.of(type),
            intake,
            dispatch,
            inbox,
            Thread::startVirtualThread,
            surroundings);
    surroundings.caps.onGrant(type, () -> inbox.put(new Inbox.Returned.Granted()));
    PollLoop loop = new PollLoop(type, settings, consumers, topicIds, inbox, flow);
    new LoopMeters(meters, type, clock).watch(loop);
    loops.add(loop);
    return this;
  }

  private static Intake.Knowing knowing(TypeSettings settings, Attempts<?> attempts) {
    if (settings.ordering() == Ordering.STRICT) {
      return Intake.Knowing.ALL_IN_ORDER;
    }
    return attempts.arePure() ? Intake.Knowing.REPEATED : Intake.Knowing.ALL;
  }

  /** Keeps these tasks from running, or stops them; their callers have cancelled them. */
  public void cancel(Collection<UUID> tasks) {
    loops.forEach(loop -> loop.cancel(tasks));
    watch.cancel(tasks);
  }

  /** Starts taking tasks. */
  public synchronized void start() {
    if (!started) {
      started = true;
      watch.start();
      ledger.start();
      loops.forEach(PollLoop::start);
    }
  }

  /**
   * Stops taking tasks, lets attempts end, records them, commits and leaves the groups. Attempts
   * that do not end in time are interrupted; their records come back to another worker.
   */
  public synchronized void drain(Duration deadline) throws InterruptedException {
    if (!started) {
      return;
    }
    started = false;
    long end = System.nanoTime() + deadline.toNanos();
    loops.forEach(loop -> loop.drain(deadline));
    long patience = Math.max(0, deadline.minus(LAST_WORDS).toNanos());
    if (!awaitStops(System.nanoTime() + patience)) {
      log.warn("{} attempts are interrupted, their tasks run again elsewhere", watch.size());
      watch.interruptAll();
      boolean _ = awaitStops(end);
    }
    ledger.drain(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    watch.stop();
  }

  private boolean awaitStops(long end) throws InterruptedException {
    for (PollLoop loop : loops) {
      if (!loop.awaitStop(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }

  /** Why the engine cannot work now, one line for each reason; empty when it can. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    for (PollLoop loop : loops) {
      if (loop.sinceLastTurn().compareTo(HANGS_AFTER) > 0) {
        troubles.add("the loop for " + loop.type() + " does not turn");
      }
      troubles.addAll(loop.state().troubles(loop.type()));
    }
    if (started && !(ledger.isAlive() && watch.isAlive())) {
      troubles.add("a thread of the engine has died");
    }
    if (ledger.isUnpublished()) {
      troubles.add("Kafka refuses dead letters or events");
    }
    if (ledger.isStalled()) {
      troubles.add("Postgres does not take outcomes");
    }
    if (ledger.unrecorded() > 0) {
      troubles.add("%d records wait for a restart".formatted(ledger.unrecorded()));
    }
    return troubles;
  }

  /** Records on the partitions owned that were not taken yet, of all types. */
  public long lag() {
    return loops.stream().mapToLong(loop -> loop.state().backlog().lagInAll()).sum();
  }

  /** Records taken and not finished, of all types. */
  public int inFlight() {
    return loops.stream().mapToInt(loop -> loop.state().activity().inFlightInAll()).sum();
  }

  /** Partitions owned now, of all types. */
  public int assignedPartitions() {
    return loops.stream().mapToInt(loop -> loop.state().partitions()).sum();
  }
}
