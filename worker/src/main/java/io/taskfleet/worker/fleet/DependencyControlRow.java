package io.taskfleet.worker.fleet;

import org.jspecify.annotations.Nullable;

/**
 * What operators have set for one dependency. A null leaves what is configured or observed.
 *
 * @param name such as {@code smtp}
 * @param forced the state its circuit breaker is held in
 * @param maxConcurrent calls at once in each worker
 * @param perSecond calls a second in each worker
 */
public record DependencyControlRow(
    String name,
    @Nullable Forced forced,
    @Nullable Integer maxConcurrent,
    @Nullable Integer perSecond) {

  /** A state that a circuit breaker is held in, whatever the calls say. */
  public enum Forced {
    /** No call is let through. */
    OPEN,
    /** Every call is let through. */
    CLOSED
  }
}
