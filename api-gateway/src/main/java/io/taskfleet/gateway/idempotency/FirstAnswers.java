package io.taskfleet.gateway.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * The first answers to requests with a key: given once, repeated when the request is. They are kept
 * in Redis, and the last of this gateway's own in its memory. Where both have forgotten, the
 * request is carried out again; since the ids of its tasks are derived from the key, that makes no
 * second task.
 */
public final class FirstAnswers {
  static final String REPLAYED = "Idempotent-Replayed";

  private static final String IN_FLIGHT_RETRY_AFTER_SECONDS = "1";

  private final SharedAnswers shared;
  private final int largest;
  private final Cache<UUID, KnownRequest> memory;

  FirstAnswers(SharedAnswers shared, IdempotencyProperties properties) {
    this.shared = shared;
    this.largest = (int) properties.largestAnswer().toBytes();
    this.memory =
        Caffeine.newBuilder()
            .maximumWeight(properties.memory().toBytes())
            .weigher((UUID name, KnownRequest known) -> known.weight())
            .expireAfter(
                Expiry.writing(
                    (UUID name, KnownRequest known) ->
                        known.isInFlight() ? properties.lease() : properties.keep()))
            .build();
  }

  /** How a request is answered when it comes for the first time. */
  @FunctionalInterface
  public interface First<E extends Exception> {
    /** Carries the request out. */
    ResponseEntity<byte[]> answer() throws E;
  }

  /**
   * Answers the request: for the first time, or again. What ends in an exception, and an answer
   * with {@code Retry-After}, is not the last word: the next request may do better.
   *
   * @throws ProblemException if the key belongs to another request, or to one that is in flight
   */
  public <E extends Exception> ResponseEntity<byte[]> give(
      RepeatableRequest request, First<E> first) throws E {
    String key = request.key().value();
    if (key == null) {
      return first.answer();
    }
    UUID name = TaskIds.fromIdempotencyKey(request.tenant(), key);
    KnownRequest mine = KnownRequest.inFlight(request.fingerprint());
    KnownRequest earlier = claim(name, mine);
    return earlier == null
        ? answer(name, mine, first)
        : repeat(earlier, earlier.fingerprint().equals(mine.fingerprint()));
  }

  private @Nullable KnownRequest claim(UUID name, KnownRequest mine) {
    KnownRequest here = memory.asMap().putIfAbsent(name, mine);
    if (here != null) {
      return here;
    }
    KnownRequest elsewhere = shared.claim(name, mine).orElse(null);
    if (elsewhere != null && elsewhere.isInFlight()) {
      memory.asMap().remove(name, mine);
    } else if (elsewhere != null) {
      memory.put(name, elsewhere);
    }
    return elsewhere;
  }

  private static ResponseEntity<byte[]> repeat(KnownRequest earlier, boolean same) {
    if (!same) {
      throw IdempotencyKey.reused();
    }
    KnownRequest.Answer answer = earlier.answer();
    if (answer == null) {
      throw ProblemException.of(
              ProblemType.IDEMPOTENCY_KEY_IN_FLIGHT,
              "the first request with this " + IdempotencyKey.HEADER + " has not been answered yet")
          .withHeader(HttpHeaders.RETRY_AFTER, IN_FLIGHT_RETRY_AFTER_SECONDS);
    }
    return answer.again();
  }

  private <E extends Exception> ResponseEntity<byte[]> answer(
      UUID name, KnownRequest mine, First<E> first) throws E {
    KnownRequest answered = null;
    try {
      ResponseEntity<byte[]> answer = first.answer();
      if (isLastWord(answer)) {
        answered = mine.answered(answer);
      }
      return answer;
    } finally {
      if (answered == null) {
        memory.asMap().remove(name, mine);
        shared.release(name, mine);
      } else {
        memory.put(name, answered);
        shared.keep(name, mine, answered);
      }
    }
  }

  // A large answer is rather made again than kept.
  private boolean isLastWord(ResponseEntity<byte[]> answer) {
    byte[] body = answer.getBody();
    return !answer.getHeaders().containsHeader(HttpHeaders.RETRY_AFTER)
        && (body == null || body.length <= largest);
  }
}
