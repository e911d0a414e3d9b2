package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Where a task stands. {@code scheduled}, {@code retrying} and {@code deferred} go back to {@code
 * queued} when they are due; a terminal state is left only by redrive.
 */
public enum TaskState {
  /** Waits for the time its caller asked for. */
  SCHEDULED,
  /** On a topic, waiting for a worker. */
  QUEUED,
  /** An attempt is under way. */
  RUNNING,
  /** Done; the result is recorded. */
  SUCCEEDED,
  /** An attempt failed; the next one waits for its backoff. */
  RETRYING,
  /** Refused by an outage or a limit, without spending an attempt; waits to be tried again. */
  DEFERRED,
  /** Given up: attempts exhausted, or refused for good. Its record is on the dead-letter topic. */
  DEAD,
  /** Stopped by its caller. */
  CANCELLED,
  /** Its expiry passed before it ran. */
  EXPIRED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON, in Postgres and in metrics. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * The state with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static TaskState of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /** Whether the task has ended. */
  public boolean isTerminal() {
    return switch (this) {
      case SUCCEEDED, DEAD, CANCELLED, EXPIRED -> true;
      case SCHEDULED, QUEUED, RUNNING, RETRYING, DEFERRED -> false;
    };
  }
}
