package io.taskfleet.client;

/** The gateway will not do this, and would not if it were asked again in the same way. */
public sealed class RefusedException extends TaskfleetException
    permits InvalidException, DeniedException, NotFoundException, ConflictException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;
  private final int attempts;

  RefusedException(Problem problem, int attempts) {
    super(problem.toString(), null);
    this.problem = problem;
    this.attempts = attempts;
  }

  /** The exception for this problem, which is the caller's to solve. */
  static RefusedException of(Problem problem, int attempts) {
    return switch (problem.status()) {
      case 401, 403 -> new DeniedException(problem, attempts);
      case 404, 410 -> new NotFoundException(problem, attempts);
      case 409 -> new ConflictException(problem, attempts);
      case 400, 413, 415, 422 -> new InvalidException(problem, attempts);
      default -> new RefusedException(problem, attempts);
    };
  }

  /** Why. */
  public Problem problem() {
    return problem;
  }

  /** The HTTP status. */
  public int status() {
    return problem.status();
  }

  /** How often the request had been sent. */
  public int attempts() {
    return attempts;
  }
}
