package io.taskfleet.worker.failure;

import java.time.Duration;

/** The call was not made because calls to the destination have failed, or an operator says so. */
public final class BreakerOpenException extends CallRefusedException {
  private static final long serialVersionUID = 1L;

  /**
   * A call that was not made.
   *
   * @param detail who or what has closed the destination off
   * @param retryAfter when it may go better
   */
  public BreakerOpenException(String detail, Duration retryAfter) {
    super(detail, retryAfter);
  }
}
