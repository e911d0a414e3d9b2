package io.taskfleet.client;

/** It conflicts with what is there, such as a name that is taken or a task that has ended. */
public final class ConflictException extends RefusedException {
  private static final long serialVersionUID = 1;

  ConflictException(Problem problem, int attempts) {
    super(problem, attempts);
  }
}
