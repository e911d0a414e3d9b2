package io.taskfleet.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gateway could not be reached, or could not serve, until the deadline. Of a call that writes
 * it is unknown whether it has been carried out; sent once more with the same idempotency key, it
 * is carried out once.
 */
public final class UnavailableException extends TaskfleetException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Problem problem;
  private final @Nullable Duration retryAfter;
  private final @Nullable String idempotencyKey;
  private final int attempts;

  UnavailableException(
      String message, @Nullable Throwable cause, Failure failure, Call call, int attempts) {
    super(message, cause);
    this.problem = failure.problem();
    this.retryAfter = failure.retryAfter();
    this.idempotencyKey = call.idempotencyKey();
    this.attempts = attempts;
  }

  /** What the gateway said last, if it said something. */
  public Optional<Problem> problem() {
    return Optional.ofNullable(problem);
  }

  /** When the gateway wants to be asked again, if it said so. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** The key to send the same request again with, if it had one. */
  public Optional<String> idempotencyKey() {
    return Optional.ofNullable(idempotencyKey);
  }

  /** How often the request was sent. */
  public int attempts() {
    return attempts;
  }
}
