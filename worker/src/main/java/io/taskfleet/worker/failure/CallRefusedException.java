package io.taskfleet.worker.failure;

import java.time.Duration;

/**
 * The call was not made, or not to its end, because of the state this worker or the whole remote
 * side is in: breaker open, bulkhead full, no usable session. It says nothing of the task.
 */
public sealed class CallRefusedException extends Exception permits BreakerOpenException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * A call that was not made.
   *
   * @param detail why, without anything the caller's task brought along
   * @param retryAfter when it may go better
   */
  public CallRefusedException(String detail, Duration retryAfter) {
    super(detail);
    this.retryAfter = retryAfter;
  }

  /** When it may go better. */
  public final Duration retryAfter() {
    return retryAfter;
  }
}
