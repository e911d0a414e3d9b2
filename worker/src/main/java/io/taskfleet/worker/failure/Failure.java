package io.taskfleet.worker.failure;

import io.taskfleet.task.ReasonCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt did not complete. Details are for operators and callers: they name what happened
 * and never hold a recipient, a body or a secret.
 */
public sealed interface Failure {

  /** The {@link #label} of what is no task. */
  String UNDECODABLE = "undecodable";

  /** What happened, in a line. */
  String detail();

  /**
   * Timeout, reset, 5xx: worth another attempt.
   *
   * @param cause which of these
   * @param retryAfter the least wait the remote side asked for
   */
  record Transient(ErrorClass cause, String detail, @Nullable Duration retryAfter)
      implements Failure {}

  /**
   * The work was refused, not failed: breaker open, bulkhead full, 429. Spends no attempt.
   *
   * @param retryAfter when to try again
   */
  record Unavailable(String detail, Duration retryAfter) implements Failure {}

  /** Refused by rule: another attempt would end the same way. */
  record Permanent(ReasonCode reason, String detail) implements Failure {}

  /** The bytes are no task; nothing was attempted. */
  record Undecodable(ReasonCode reason, String detail) implements Failure {}

  /** The worker is draining; the record comes back. */
  record Interrupted(String detail) implements Failure {}

  /** What kind of failure this is. */
  default String label() {
    return switch (this) {
      case Transient _ -> "transient";
      case Unavailable _ -> "unavailable";
      case Permanent _ -> "permanent";
      case Undecodable _ -> UNDECODABLE;
      case Interrupted _ -> "interrupted";
    };
  }

  /** Finer than {@link #label}: the name used in metrics, in Postgres and in headers. */
  default String errorClass() {
    return this instanceof Transient failure ? failure.cause().label() : label();
  }
}
