package io.taskfleet.worker.timer;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts claimed tasks on their topics without ever blocking its caller, in the order it is given
 * those of one backlog. Everything but the sending itself happens on the relay's thread.
 */
final class Publisher {
  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  /** Unacknowledged tasks of one backlog, beyond which the others have the turn. */
  private static final int ENOUGH = 1_000;

  private static final long ENOUGH_BYTES = 16 << 20;

  /** Of those, what is left to urgent tasks, so that they need not wait for large ones to go. */
  private static final long URGENT_BYTES = ENOUGH_BYTES / 8;

  private static final Duration REST = Duration.ofSeconds(1);

  /** A task that Kafka has, or has not for this reason. */
  record Sent(Claim claim, @Nullable Exception failure) {
    boolean isPublished() {
      return failure == null;
    }

    /** Whether it was Kafka that failed and not this record that was refused. */
    boolean isToBeTriedAgain() {
      return failure instanceof RetriableException;
    }
  }

  /** What is under way of one backlog. */
  private static final class Flow {
    final Priority priority;
    int unacknowledged;
    boolean failing;
    long restsUntil = System.nanoTime();
    // Sends of one backlog run one after another; one of them may block, for a topic that is
    // missing.
    CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);

    Flow(Priority priority) {
      this.priority = priority;
    }

    boolean isClosed(boolean urgentOnly) {
      // While Kafka is away one group at a time finds out whether it is back; each would wait.
      int enough = failing ? 1 : ENOUGH;
      return unacknowledged >= enough
          || (urgentOnly && priority != Priority.HIGH)
          || restsUntil - System.nanoTime() > 0;
    }
  }

  private final Producer<byte[], byte[]> producer;
  private final Executor senders = Thread.ofVirtual().name("timer-send-", 0)::start;
  private final Map<String, Flow> flows = new HashMap<>();
  private long unacknowledgedBytes;

  // Added to by the producer's thread and by senders.
  private final BlockingQueue<Sent> ended = new LinkedBlockingQueue<>();

  Publisher(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Backlogs of which no more should be claimed for now. */
  Set<String> closedBacklogs() {
    boolean urgentOnly = freeBytes() <= URGENT_BYTES;
    return flows.entrySet().stream()
        .filter(flow -> flow.getValue().isClosed(urgentOnly))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** How many bytes of payload may still be claimed. */
  long room() {
    return freeBytes() > URGENT_BYTES ? freeBytes() - URGENT_BYTES : freeBytes();
  }

  private long freeBytes() {
    return ENOUGH_BYTES - unacknowledgedBytes;
  }

  /** Whether the end of some task has not been told yet. */
  boolean isBusy() {
    return unacknowledgedBytes > 0 || flows.values().stream().anyMatch(f -> f.unacknowledged > 0);
  }

  /** Starts sending these. */
  void publish(List<Claim> claims) {
    Map<String, List<Claim>> byBacklog =
        claims.stream()
            .collect(
                Collectors.groupingBy(Claim::backlog, LinkedHashMap::new, Collectors.toList()));
    byBacklog.forEach(
        (backlog, group) -> {
          Priority priority = group.getFirst().task().priority();
          Flow flow = flows.computeIfAbsent(backlog, _ -> new Flow(priority));
          flow.unacknowledged += group.size();
          flow.sending = flow.sending.thenRunAsync(() -> sendAll(group), senders);
        });
    unacknowledgedBytes += bytes(claims.stream().map(Claim::task).toList());
  }

  /** When Kafka is away, the first send of a group waits for it, and the others do not. */
  private void sendAll(List<Claim> group) {
    Exception away = null;
    for (Claim claim : group) {
      if (away == null) {
        away = send(claim);
      } else {
        ended.add(new Sent(claim, away));
      }
    }
  }

  /** Answers why Kafka cannot be reached, if that is known already. */
  private @Nullable Exception send(Claim claim) {
    try {
      Future<RecordMetadata> sent =
          producer.send(
              TaskCodec.encode(claim.task()), (_, failure) -> ended.add(new Sent(claim, failure)));
      return sent.state() == Future.State.FAILED
              && sent.exceptionNow() instanceof RetriableException failure
          ? failure
          : null;
    } catch (RuntimeException refused) {
      ended.add(new Sent(claim, refused));
      return null;
    }
  }

  /** Waits until some task has ended, at most this long, and adds all that have to {@code into}. */
  void await(Duration atMost, List<Sent> into) throws InterruptedException {
    List<Sent> taken = new ArrayList<>();
    Sent first = ended.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    if (first != null) {
      taken.add(first);
      ended.drainTo(taken);
      taken.forEach(this::count);
      into.addAll(taken);
    }
  }

  private void count(Sent sent) {
    Task task = sent.claim.task();
    Flow flow = Objects.requireNonNull(flows.get(sent.claim.backlog()));
    flow.unacknowledged--;
    unacknowledgedBytes -= task.payload().length;
    if (sent.isToBeTriedAgain()) {
      flow.restsUntil = System.nanoTime() + REST.toNanos();
      if (!flow.failing) {
        log.warn("due tasks of {} wait: {}", sent.claim.backlog(), String.valueOf(sent.failure));
      }
    } else if (!sent.isPublished()) {
      log.warn("task {} is due and waits: {}", task.id(), String.valueOf(sent.failure));
    }
    flow.failing = sent.isToBeTriedAgain();
  }

  private static long bytes(List<Task> tasks) {
    return tasks.stream().mapToLong(task -> task.payload().length).sum();
  }
}
