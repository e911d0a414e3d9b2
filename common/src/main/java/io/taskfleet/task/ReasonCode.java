package io.taskfleet.task;

/**
 * Why a task ended {@code dead}; the value of the dead letter's reason header and of {@code
 * error.code}.
 */
public enum ReasonCode {
  /** The record has no value. */
  EMPTY_VALUE,
  /** Not the JSON or the CloudEvent it should be. */
  MALFORMED,
  /** Too large, too deep, too many headers. */
  LIMITS_EXCEEDED,
  /** No such task type. */
  UNKNOWN_TYPE,
  /** The record's type is not the one its topic is for. */
  WRONG_TOPIC,
  /** A version of the type that this fleet does not know. */
  UNSUPPORTED_VERSION,
  /** The id is not a canonical UUID. */
  INVALID_ID,
  /** The record's header and the event in its value name different ids. */
  ID_MISMATCH,
  /** Well-formed, but a field breaks a rule of its payload. */
  VALIDATION_FAILED,
  /** A field that ends up in a header holds a line break. */
  HEADER_INJECTION,
  /** NUL, a lone surrogate, or bytes that are no UTF-8. */
  FORBIDDEN_CHARACTER,
  /** The address called is one this fleet must not call. */
  BLOCKED_DESTINATION,
  /** The id is known with another payload. */
  IDEMPOTENCY_CONFLICT,
  /** The expiry passed before the task ran. */
  EXPIRED,
  /** Attempts, or the total time for them, are used up. */
  RETRIES_EXHAUSTED,
  /** Its attempts took the process down with them. */
  CRASH_LOOP,
  /** The remote side refused the task for good. */
  REJECTED,
  /** The remote side may have done it and did not say so, and it is not to be done twice. */
  OUTCOME_UNKNOWN,
  /** Redriven as often as the fleet allows, and dead again. */
  REDRIVE_LIMIT
}
