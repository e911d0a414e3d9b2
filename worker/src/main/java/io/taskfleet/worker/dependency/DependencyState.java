package io.taskfleet.worker.dependency;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a dependency stands with this worker at one moment.
 *
 * @param refusesUntil until when every call is refused, because the breaker is open or the remote
 *     side has asked for a pause; null when calls are let through
 * @param inUse calls under way
 * @param limit calls at once
 */
public record DependencyState(
    String name, State state, @Nullable Instant refusesUntil, int inUse, int limit) {

  /** The circuit breaker's state, or what an operator made of it. */
  public enum State {
    CLOSED,
    /** The breaker is closed, and the remote side has asked for a pause. */
    PARKED,
    OPEN,
    HALF_OPEN,
    FORCED_OPEN,
    FORCED_CLOSED;

    /** The name used in metrics and JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
