package io.taskfleet.worker.consume;

import io.taskfleet.wire.Topics;
import io.taskfleet.worker.telemetry.LoopMeters;
import io.taskfleet.worker.telemetry.LoopState;
import io.taskfleet.worker.topic.Membership;
import io.taskfleet.worker.topic.TopicIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * either in Kafka, when nothing waits in the lanes or for an answer, or at the inbox, when only
 * something that comes back can make a difference.
 */
final class PollLoop implements LoopMeters.Watched {
  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);
  private static final long BUSY_WAIT = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long FULL_POLL = TimeUnit.MILLISECONDS.toNanos(5);

  /** Records in one poll behind which others may wait. */
  private static final int MANY = 100;

  private static final long RESTART_PAUSE = TimeUnit.SECONDS.toNanos(1);
  private static final Duration ENDS = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final String type;
  private final TypeSettings settings;
  private final Supplier<Consumer<byte[], byte @Nullable []>> consumers;
  private final TopicIds topicIds;
  private final Inbox inbox;
  private final Flow flow;
  private final Thread thread;

  private final Assignment assignment;
  private final Membership membership = new Membership();
  private boolean moreThanOnePoll;
  private long lastPoll = System.nanoTime();
  private long lastCommit = lastPoll;

  private volatile boolean draining;
  private volatile long drainUntil;
  private volatile long lastTurn = System.nanoTime();
  private volatile LoopState state = LoopState.NONE;

  PollLoop(
      String type,
      TypeSettings settings,
      Supplier<Consumer<byte[], byte @Nullable []>> consumers,
      TopicIds topicIds,
      Inbox inbox,
      Flow flow) {
    this.type = type;
    this.settings = settings;
    this.consumers = consumers;
    this.topicIds = topicIds;
    this.inbox = inbox;
    this.flow = flow;
    this.assignment = new Assignment(settings.maxInFlight());
    this.thread = Thread.ofPlatform().name("poll-" + type).unstarted(this::run);
  }

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

  /** Keeps these tasks from being started. */
  void cancel(Collection<UUID> tasks) {
    inbox.put(new Inbox.Returned.Cancelled(tasks));
  }

  boolean awaitStop(Duration patience) throws InterruptedException {
    return !thread.isAlive() || thread.join(patience);
  }

  String type() {
    return type;
  }

  @Override
  public LoopState state() {
    return state;
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
        LockSupport.parkNanos(RESTART_PAUSE);
      } finally {
        drop(assignment.partitions());
        membership.end();
      }
    }
  }

  private void turn(Consumer<byte[], byte @Nullable []> open) {
    lastTurn = System.nanoTime();
    inbox.drain(flow::takeBack);
    flow.advance();
    if (lastTurn - lastCommit > settings.commitInterval().toNanos()) {
      lastCommit = lastTurn;
      tick(open);
    }
    boolean pausing = flow.pause(open);
    if (flow.isIdle() && !pausing) {
      take(open, IDLE_POLL);
    } else {
      long patience = pausing ? FULL_POLL : BUSY_WAIT;
      inbox.await(flow.isWaiting() || flow.isShut() ? FULL_POLL : BUSY_WAIT);
      if (System.nanoTime() - lastPoll > patience && !flow.isBehind()) {
        take(open, Duration.ZERO);
      }
    }
  }

  /**
   * What was fetched first is polled first, whatever its priority: urgent tasks get a poll of their
   * own while there is more than one poll can take.
   */
  private void take(Consumer<byte[], byte @Nullable []> open, Duration patience) {
    if (moreThanOnePoll) {
      flow.pauseAllButUrgent(open);
      int _ = takeOnce(open, Duration.ZERO);
      flow.pauseAnew(open);
    }
    moreThanOnePoll = takeOnce(open, flow.isIdle() ? patience : Duration.ZERO) >= MANY;
  }

  private int takeOnce(Consumer<byte[], byte @Nullable []> open, Duration patience) {
    List<InFlight> taken = new ArrayList<>();
    for (ConsumerRecord<byte[], byte @Nullable []> record : open.poll(patience)) {
      taken.add(flow.inFlights().take(record, assignment.windowOf(record)));
    }
    lastPoll = System.nanoTime();
    if (!taken.isEmpty()) {
      flow.admit(taken);
    }
    return taken.size();
  }

  private void tick(Consumer<byte[], byte @Nullable []> open) {
    flow.tick();
    assignment.commitAsync(open);
    InFlight stuck =
        flow.isShut()
            ? null
            : assignment.stuck(lastTurn, settings.attemptTimeout().multipliedBy(2).toNanos());
    state =
        new LoopState(
            assignment.partitions().size(),
            membership.holds(open),
            flow.activity(),
            assignment.backlog(open),
            stuck == null ? null : stuck.describe());
  }

  private void drop(Collection<TopicPartition> partitions) {
    assignment.drop(partitions, flow.inFlights()::forget);
    flow.forgetDropped();
    state = state.with(assignment.partitions().size());
  }

  /**
   * Waits, bounded, for what these partitions have under way, and commits what is finished. The
   * others go on meanwhile.
   */
  private void settle(
      Consumer<byte[], byte @Nullable []> open,
      Collection<TopicPartition> partitions,
      long untilNanos) {
    inbox.drain(flow::takeBack);
    assignment.dropWaiting(partitions);
    flow.forgetDropped();
    while (assignment.isUnderway(partitions) && System.nanoTime() - untilNanos < 0) {
      inbox.await(BUSY_WAIT);
      inbox.drain(flow::takeBack);
      if (!draining) {
        flow.advance();
      }
    }
    flow.tick();
    assignment.commitSync(open, partitions, CLOSE);
  }

  private void finishUp(Consumer<byte[], byte @Nullable []> open) {
    settle(open, assignment.partitions(), drainUntil);
    drop(assignment.partitions());
    open.close(CloseOptions.timeout(CLOSE));
    log.info("{}: drained", type);
  }

  /** Runs inside {@code poll}, on the loop's thread. */
  private final class Rebalance implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte @Nullable []> open;

    Rebalance(Consumer<byte[], byte @Nullable []> open) {
      this.open = open;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assignment.add(partitions, ends(partitions));
      membership.begin();
      state = state.joined(assignment.partitions().size());
      if (!partitions.isEmpty()) {
        log.info(
            "{}: {} partitions assigned, {} in all", type, partitions.size(), state.partitions());
        topicIds.refresh(partitions.stream().map(TopicPartition::topic).distinct().toList());
      }
      flow.pauseAnew(open);
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
      try {
        return open.endOffsets(partitions, ENDS);
      } catch (KafkaException e) {
        log.warn("{}: Kafka does not tell where partitions end: {}", type, e.toString());
        return Map.of();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      settle(open, partitions, System.nanoTime() + settings.revokeGrace().toNanos());
      drop(partitions);
      log.info("{}: {} partitions revoked, {} left", type, partitions.size(), state.partitions());
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      drop(partitions);
      log.warn("{}: {} partitions lost", type, partitions.size());
    }
  }
}
