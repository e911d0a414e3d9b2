package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Where a batch stands. */
public enum BatchState {
  /** Not all of its tasks are known to have been handed over. */
  OPEN,
  /** Some of its tasks have not ended. */
  RUNNING,
  /** Cancelled, and some of its tasks have not ended. */
  CANCELLING,
  /** Cancelled, and all of its tasks have ended. */
  CANCELLED,
  /** All of its tasks have ended. */
  FINISHED,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN;

  /** Whether all of its tasks have ended. */
  public boolean isFinal() {
    return this == CANCELLED || this == FINISHED;
  }
}
