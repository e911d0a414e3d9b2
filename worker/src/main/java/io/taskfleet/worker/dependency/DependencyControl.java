package io.taskfleet.worker.dependency;

import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of a dependency. Null leaves what is configured.
 *
 * @param forced what becomes of calls, whatever the circuit breaker says
 * @param maxConcurrent calls at once in each worker, at least 1
 * @param perSecond calls each second in each worker, at least 1
 */
public record DependencyControl(
    @Nullable Forced forced, @Nullable Integer maxConcurrent, @Nullable Integer perSecond) {

  /** Leaves all that is configured. */
  public static final DependencyControl NONE = new DependencyControl(null, null, null);

  /** What becomes of calls. */
  public enum Forced {
    /** None is made. */
    OPEN,
    /** They are made, within the limits; neither failures nor a request to wait count. */
    CLOSED
  }
}
