package io.taskfleet.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why one try at a call came to nothing, though the next one may not.
 *
 * @param problem what the gateway said; null if it said nothing
 * @param retryAfter when it wants to be asked again, if it said so
 * @param cause why it said nothing
 */
record Failure(
    @Nullable Problem problem, @Nullable Duration retryAfter, @Nullable IOException cause) {
  private static final int IN_FLIGHT = 409;
  private static final int TOO_MANY = 429;

  static Failure said(Problem problem, @Nullable Duration retryAfter) {
    return new Failure(problem, retryAfter, null);
  }

  static Failure lost(IOException cause) {
    return new Failure(null, null, cause);
  }

  /** Whether the same request may be answered otherwise in a moment. */
  boolean isTemporary() {
    if (problem == null) {
      return true;
    }
    return switch (problem.status()) {
      case IN_FLIGHT -> problem.type().equals(Problem.IN_FLIGHT);
      // 202: not all of it was taken.
      case 202, TOO_MANY, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /** Whether surely nobody has acted on the request. */
  boolean isUnheard() {
    return problem == null
        ? cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        : problem.status() == TOO_MANY;
  }

  @Override
  public String toString() {
    if (problem != null) {
      return problem.toString();
    }
    if (cause == null) {
      return "no answer";
    }
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
