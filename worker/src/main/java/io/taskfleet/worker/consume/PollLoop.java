package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.wire.Topics;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the tasks of one type. Its thread owns everything in here but the inbox; the loop waits
 * either in Kafka, when nothing waits in the lanes, or at the inbox, when only something that comes
 * back can make a difference.
 */
final class PollLoop {
  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);
  private static final long BUSY_WAIT = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long FULL_POLL = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long HELD_RETRY = TimeUnit.MILLISECONDS.toNanos(200);
  private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final String type;
  private final TypeSettings settings;
  private final Supplier<Consumer<byte[], byte @Nullable []>> consumers;
  private final TopicIds topicIds;
  private final Intake intake;
  private final Dispatch dispatch;
  private final Inbox inbox;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);

  private final Assignment assignment = new Assignment();
  private final Map<UUID, InFlight> byId = new HashMap<>();
  private final List<InFlight> held = new ArrayList<>();
  private final Lanes lanes;
  private final BackPressure pressure;
  private int running;
  private long lastPoll = System.nanoTime();
  private long lastCommit = lastPoll;
  private long nextHeldTry = lastPoll;

  private volatile boolean draining;
  private volatile long drainUntil;
  private volatile int assigned;
  private volatile long lastTurn = System.nanoTime();

  PollLoop(
      String type,
      TypeSettings settings,
      Supplier<Consumer<byte[], byte @Nullable []>> consumers,
      Parts parts) {
    this.type = type;
    this.settings = settings;
    this.consumers = consumers;
    this.topicIds = parts.topicIds;
    this.intake = parts.intake;
    this.dispatch = parts.dispatch;
    this.inbox = parts.inbox;
    this.clock = parts.clock;
    this.lanes = new Lanes(settings.weights());
    this.pressure = new BackPressure(settings.maxInFlight(), settings.maxInFlightBytes());
    this.thread = Thread.ofPlatform().name("poll-" + type).unstarted(this::run);
  }

  /** What a loop works with. */
  record Parts(TopicIds topicIds, Intake intake, Dispatch dispatch, Inbox inbox, Clock clock) {}

  void start() {
    thread.start();
  }

  /** Stops taking, and finishes what is under way up to the deadline. Twice is harmless. */
  void drain(Duration deadline) {
    if (!draining) {
      drainUntil = System.nanoTime() + deadline.toNanos();
      draining = true;
    }
  }

  boolean awaitStop(Duration patience) throws InterruptedException {
    return !thread.isAlive() || stopped.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  String type() {
    return type;
  }

  /** Partitions this loop owns now. */
  int assigned() {
    return assigned;
  }

  /** Time since the loop last turned; large when its thread hangs. */
  Duration sinceLastTurn() {
    return Duration.ofNanos(System.nanoTime() - lastTurn);
  }

  private void run() {
    while (!draining) {
      try (Consumer<byte[], byte @Nullable []> open = consumers.get()) {
        open.subscribe(Topics.of(type), new Rebalance(open));
        while (!draining) {
          turn(open);
        }
        finishUp(open);
      } catch (RuntimeException e) {
        log.error("{}: the loop starts again", type, e);
        pause();
      } finally {
        drop(assignment.partitions());
      }
    }
    stopped.countDown();
  }

  private void turn(Consumer<byte[], byte @Nullable []> open) {
    lastTurn = System.nanoTime();
    inbox.drain(this::takeBack);
    admitHeld();
    startAttempts();
    commit(open);
    pressure.apply(open, !held.isEmpty());
    boolean full = pressure.isPausing();
    if (lanes.isEmpty() && !full) {
      take(open, IDLE_POLL);
    } else {
      inbox.await(BUSY_WAIT);
      if (System.nanoTime() - lastPoll > (full ? FULL_POLL : BUSY_WAIT)) {
        take(open, Duration.ZERO);
      }
    }
  }

  private void take(Consumer<byte[], byte @Nullable []> open, Duration patience) {
    List<InFlight> taken = new ArrayList<>();
    for (ConsumerRecord<byte[], byte @Nullable []> record : open.poll(patience)) {
      Window window = assignment.windowOf(record);
      InFlight each = new InFlight(record, window, Topics.priority(record.topic()));
      window.add(each);
      pressure.add(each);
      taken.add(each);
    }
    lastPoll = System.nanoTime();
    if (!taken.isEmpty()) {
      held.addAll(taken);
      nextHeldTry = lastPoll;
      admitHeld();
      startAttempts();
    }
  }

  /** Admits what was taken; holds it, and pauses, as long as nobody can say what is known. */
  private void admitHeld() {
    if (held.isEmpty() || System.nanoTime() - nextHeldTry < 0) {
      return;
    }
    try {
      List<Intake.Decision> decisions = intake.decide(held);
      List<InFlight> decided = List.copyOf(held);
      held.clear();
      for (int i = 0; i < decisions.size(); i++) {
        carryOut(decided.get(i), decisions.get(i));
      }
      nextHeldTry = System.nanoTime() + HELD_RETRY;
    } catch (SQLException | KafkaException e) {
      log.warn("{}: {} records wait to be admitted: {}", type, held.size(), e.toString());
      nextHeldTry = System.nanoTime() + HELD_RETRY;
    }
  }

  private void carryOut(InFlight taken, Intake.Decision decision) {
    switch (decision) {
      case Intake.Decision.Run run -> enqueue(taken, run);
      case Intake.Decision.Conclude(var task, var outcome) -> {
        sendOut(taken);
        dispatch.conclude(taken, task, outcome);
      }
      case Intake.Decision.Repeat(var task, var known) -> {
        sendOut(taken);
        dispatch.repeat(taken, task, known);
      }
      case Intake.Decision.Duplicate _ -> finish(taken);
    }
  }

  private void enqueue(InFlight taken, Intake.Decision.Run run) {
    Task task = run.task();
    InFlight same = byId.get(task.id());
    if (same != null && same.dropped) {
      // Its partition was lost and has come back while the attempt still runs: ask again later.
      held.add(taken);
      return;
    }
    if (same != null && task.delivery() <= same.requireTask().delivery()) {
      if (Arrays.equals(task.payload(), same.requireTask().payload())) {
        finish(taken);
      } else {
        carryOut(taken, intake.conflict(taken.record, clock.instant()));
      }
      return;
    }
    taken.task = task;
    taken.attempt = run.attempt();
    taken.firstFailedAt = run.firstFailedAt();
    byId.put(task.id(), taken);
    lanes.add(taken);
  }

  private void startAttempts() {
    while (running < settings.concurrency()) {
      InFlight next = lanes.next();
      if (next == null) {
        return;
      }
      if (next.dropped) {
        lanes.release(next);
      } else if (isExpired(next)) {
        lanes.release(next);
        sendOut(next);
        dispatch.conclude(
            next,
            next.requireTask(),
            Intake.expired(next.attempt - 1, next.firstFailedAt, clock.instant()));
      } else {
        running++;
        sendOut(next);
        dispatch.attempt(next);
      }
    }
  }

  private boolean isExpired(InFlight waiting) {
    Instant expiresAt = waiting.requireTask().options().expiresAt();
    return expiresAt != null && expiresAt.isBefore(clock.instant());
  }

  private static void sendOut(InFlight taken) {
    taken.out = true;
    taken.window.underway++;
  }

  private void comeBack(InFlight taken) {
    taken.out = false;
    taken.window.underway--;
    if (taken.dropped && taken.task != null) {
      byId.remove(taken.task.id(), taken);
    }
  }

  private void takeBack(Inbox.Returned returned) {
    switch (returned) {
      case Inbox.Returned.AttemptEnded(InFlight task, boolean recorded) -> {
        running--;
        lanes.release(task);
        if (!recorded) {
          comeBack(task);
        }
      }
      case Inbox.Returned.Finished(InFlight task) -> {
        comeBack(task);
        finish(task);
      }
      case Inbox.Returned.Conflicted(InFlight task) -> {
        comeBack(task);
        if (!task.dropped) {
          carryOut(task, intake.conflict(task.record, clock.instant()));
        }
      }
    }
  }

  private void finish(InFlight taken) {
    if (!taken.finished) {
      taken.window.finish(taken);
      forget(taken);
    }
  }

  private void forget(InFlight taken) {
    pressure.remove(taken);
    // One that is still out is remembered, so that it does not run beside itself.
    if (taken.task != null && !taken.out) {
      byId.remove(taken.task.id(), taken);
    }
  }

  private void commit(Consumer<byte[], byte @Nullable []> open) {
    long now = System.nanoTime();
    if (now - lastCommit < settings.commitInterval().toNanos()) {
      return;
    }
    lastCommit = now;
    assignment.commitAsync(open);
  }

  private void drop(Collection<TopicPartition> partitions) {
    assignment.drop(partitions, this::forget);
    held.removeIf(taken -> taken.dropped);
    assigned = assignment.partitions().size();
  }

  /** Waits, bounded, for what these partitions have under way, and commits what is finished. */
  private void settle(
      Consumer<byte[], byte @Nullable []> open,
      Collection<TopicPartition> partitions,
      long untilNanos) {
    inbox.drain(this::takeBack);
    while (assignment.isUnderway(partitions) && System.nanoTime() - untilNanos < 0) {
      inbox.await(BUSY_WAIT);
      inbox.drain(this::takeBack);
    }
    assignment.commitSync(open, partitions, CLOSE);
  }

  private void finishUp(Consumer<byte[], byte @Nullable []> open) {
    settle(open, assignment.partitions(), drainUntil);
    drop(assignment.partitions());
    open.close(CloseOptions.timeout(CLOSE));
    log.info("{}: drained", type);
  }

  private void pause() {
    try {
      Thread.sleep(RESTART_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs inside {@code poll}, on the loop's thread. */
  private final class Rebalance implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte @Nullable []> open;

    Rebalance(Consumer<byte[], byte @Nullable []> open) {
      this.open = open;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assignment.add(partitions);
      assigned = assignment.partitions().size();
      if (!partitions.isEmpty()) {
        log.info("{}: {} partitions assigned, {} in all", type, partitions.size(), assigned);
        topicIds.refresh(partitions.stream().map(TopicPartition::topic).distinct().toList());
      }
      pressure.reapply(open, !held.isEmpty());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      settle(open, partitions, System.nanoTime() + settings.revokeGrace().toNanos());
      drop(partitions);
      log.info("{}: {} partitions revoked, {} left", type, partitions.size(), assigned);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      drop(partitions);
      log.warn("{}: {} partitions lost", type, partitions.size());
    }
  }
}
