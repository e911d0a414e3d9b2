package io.taskfleet.standalone;

/** The fleet cannot be started; the message says why and what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says why, and what to do. */
  public StartException(String message) {
    super(message);
  }
}
