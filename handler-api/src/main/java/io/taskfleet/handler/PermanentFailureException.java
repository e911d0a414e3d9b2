package io.taskfleet.handler;

/** A handler's verdict that its task can never succeed, whoever tries it how often. */
public final class PermanentFailureException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A task that can never succeed.
   *
   * @param detail says why, to operators and to the caller; it must hold no secret
   */
  public PermanentFailureException(String detail) {
    super(detail);
  }
}
