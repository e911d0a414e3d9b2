package io.taskfleet.bench.task;

import io.taskfleet.handler.Payload;

/** Says what will become of its task. */
public record PlannedPayload(Plan plan) implements Payload {

  /** What an attempt does. */
  public enum Plan {
    /** Nothing, and succeeds. */
    SUCCEED,

    /** Fails, each time. */
    FAIL,

    /** Takes as long as the bench was told, and succeeds. */
    SLOW
  }
}
