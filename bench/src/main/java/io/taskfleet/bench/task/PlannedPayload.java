package io.taskfleet.bench.task;

import io.taskfleet.task.Payload;
import java.util.Optional;

/** Says what will become of its task. */
public record PlannedPayload(Plan plan) implements Payload {

  @Override
  public Optional<String> recipient() {
    return Optional.empty();
  }

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
