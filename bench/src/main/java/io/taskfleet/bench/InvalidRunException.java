package io.taskfleet.bench;

/** A run whose figures would mean nothing; the message says why. */
final class InvalidRunException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvalidRunException(String message) {
    super(message);
  }
}
