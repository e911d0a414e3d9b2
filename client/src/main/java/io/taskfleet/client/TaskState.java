package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Where a task stands. */
public enum TaskState {
  /** Waits for the time its caller asked for. */
  SCHEDULED,
  /** Waits for a worker. */
  QUEUED,
  /** An attempt is under way. */
  RUNNING,
  /** Done; the result is there. */
  SUCCEEDED,
  /** An attempt failed; the next one waits for its time. */
  RETRYING,
  /** Refused by an outage or a limit, without spending an attempt; waits to be tried again. */
  DEFERRED,
  /** Given up. */
  DEAD,
  /** Stopped by its caller. */
  CANCELLED,
  /** Its expiry passed before it ran. */
  EXPIRED,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN;

  /** Whether the task has ended. */
  public boolean isFinal() {
    return this == SUCCEEDED || this == DEAD || this == CANCELLED || this == EXPIRED;
  }
}
