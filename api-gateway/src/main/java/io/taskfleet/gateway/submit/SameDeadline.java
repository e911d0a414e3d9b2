package io.taskfleet.gateway.submit;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;

/**
 * Lets nobody wait longer than a time that is the same for all. They end in the order in which they
 * began, so one look at the oldest now and then does in place of a timer each, which costs as much
 * as putting the task into Kafka.
 */
final class SameDeadline {
  /** How late it may be. */
  static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private record Awaited(CompletableFuture<?> answer, long until) {}

  private final Queue<Awaited> oldestFirst = new ConcurrentLinkedQueue<>();
  private final long nanos;

  SameDeadline(Duration deadline) {
    nanos = deadline.toNanos();
  }

  /** Has the answer fail with a {@link TimeoutException} when it has not come in time. */
  void hold(CompletableFuture<?> answer) {
    oldestFirst.add(new Awaited(answer, System.nanoTime() + nanos));
  }

  /** Ends what is due; for one thread. */
  void look() {
    for (Awaited oldest = oldestFirst.peek(); oldest != null; oldest = oldestFirst.peek()) {
      if (!oldest.answer.isDone()) {
        if (System.nanoTime() - oldest.until < 0) {
          return;
        }
        oldest.answer.completeExceptionally(new TimeoutException());
      }
      oldestFirst.remove();
    }
  }
}
