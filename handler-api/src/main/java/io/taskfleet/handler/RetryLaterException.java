package io.taskfleet.handler;

import java.time.Duration;

/**
 * A handler's word that something its task needs is away, and that the task had no part in it. The
 * task waits, and no attempt is spent; so this has no end until the attempts go better.
 */
public final class RetryLaterException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Duration after;

  /**
   * An attempt that made no sense now.
   *
   * @param detail says why, to operators and to the caller; it must hold no secret
   * @param after when it may go better; what is longer than a year counts as one
   */
  public RetryLaterException(String detail, Duration after) {
    super(detail);
    if (!after.isPositive()) {
      throw new IllegalArgumentException("the wait must be above zero");
    }
    this.after = after;
  }

  /** When it may go better. */
  public Duration after() {
    return after;
  }
}
