package io.taskfleet.client;

/** The API key is missing, not good any more, or does not allow this. */
public final class DeniedException extends RefusedException {
  private static final long serialVersionUID = 1;

  DeniedException(Problem problem, int attempts) {
    super(problem, attempts);
  }
}
