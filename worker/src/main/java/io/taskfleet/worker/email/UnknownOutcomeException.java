package io.taskfleet.worker.email;

/** The end of a mail was on its way to the server, and the server's reply did not arrive. */
final class UnknownOutcomeException extends Exception {
  private static final long serialVersionUID = 1L;

  UnknownOutcomeException(Exception cause) {
    super("no reply to the end of the mail", cause);
  }
}
