package io.taskfleet.client;

/** The request breaks a rule; the problem's errors say which field of it. */
public final class InvalidException extends RefusedException {
  private static final long serialVersionUID = 1;

  InvalidException(Problem problem, int attempts) {
    super(problem, attempts);
  }
}
