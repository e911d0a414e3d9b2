package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How urgent a task is. Each priority of a type has its own topic. */
public enum Priority {
  HIGH,
  NORMAL,
  BULK;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON, in Postgres and in metrics. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * The priority with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static Priority of(String label) {
    for (Priority priority : values()) {
      if (priority.label.equals(label)) {
        return priority;
      }
    }
    throw new IllegalArgumentException("priority is one of high, normal, bulk");
  }
}
