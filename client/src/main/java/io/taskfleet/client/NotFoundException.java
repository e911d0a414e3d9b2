package io.taskfleet.client;

/** There is no such thing, not any more, or it belongs to somebody else. */
public final class NotFoundException extends RefusedException {
  private static final long serialVersionUID = 1;

  NotFoundException(Problem problem, int attempts) {
    super(problem, attempts);
  }
}
