package io.taskfleet.gateway.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question for one tenant's task, which is worth an answer for a limited time. */
final class Search {
  private final String tenant;
  private final UUID id;
  private final byte[] idText;
  private final long untilNanos;
  private final CompletableFuture<Sought> answer = new CompletableFuture<>();

  Search(String tenant, UUID id, Duration patience) {
    this.tenant = tenant;
    this.id = id;
    this.idText = id.toString().getBytes(StandardCharsets.US_ASCII);
    this.untilNanos = System.nanoTime() + patience.toNanos();
  }

  String tenant() {
    return tenant;
  }

  UUID id() {
    return id;
  }

  /** Whether this is the id as a record's header spells it. */
  boolean isSpelt(byte[] text) {
    return Arrays.equals(text, idText);
  }

  /** The time that is left; zero when the question has lapsed. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime()));
  }

  boolean hasLapsed() {
    return answer.isDone() || left().isZero();
  }

  void answer(Sought sought) {
    answer.complete(sought);
  }

  /** Waits for the answer; nobody need look any more afterwards. */
  Sought await() {
    try {
      return answer.get(left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException timeIsUp) {
      // Not known in time.
    }
    Sought unknown = new Sought.Unknown();
    answer.complete(unknown);
    return unknown;
  }
}
