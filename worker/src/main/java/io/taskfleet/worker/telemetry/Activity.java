package io.taskfleet.worker.telemetry;

import io.taskfleet.task.Priority;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a loop was doing at its last tick, and had done since its start.
 *
 * @param inFlight records taken and not finished
 * @param taken records taken since the start
 * @param duplicates of these, how many brought nothing new
 * @param running attempts under way
 * @param limit attempts that may be under way at once
 * @param pauses why some or all tasks do not go on
 */
public record Activity(
    Map<Priority, Integer> inFlight,
    Map<Priority, Long> taken,
    long duplicates,
    int running,
    int limit,
    Set<Pause> pauses) {
  /** Before the first tick. */
  public static final Activity NONE = new Activity(Map.of(), Map.of(), 0, 0, 0, Set.of());

  /** Why tasks do not go on. */
  public enum Pause {
    /** As much of a priority is in flight as may be. */
    FULL,
    /** Postgres or Kafka does not answer what must be asked before they start. */
    INTAKE,
    /** An operator has paused the type. */
    OPERATOR,
    /** The type's only dependency takes no calls. */
    DEPENDENCY;

    /** The name used in metrics. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Records taken and not finished, of all priorities. */
  public int inFlightInAll() {
    return inFlight.values().stream().mapToInt(Integer::intValue).sum();
  }
}
