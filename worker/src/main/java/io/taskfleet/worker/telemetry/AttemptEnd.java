package io.taskfleet.worker.telemetry;

import io.taskfleet.worker.failure.Failure;
import java.util.Locale;

/** How an attempt ended, coarsely, for metrics and traces. */
public enum AttemptEnd {
  /** The handler did its work. */
  COMPLETED,
  /** It did not. */
  FAILED,
  /** It was not let: breaker open, bulkhead full, 429. */
  REFUSED,
  /** Its caller or the drain took it away. */
  INTERRUPTED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in metrics and traces. */
  String label() {
    return label;
  }

  /** How an attempt ends with this failure. */
  public static AttemptEnd of(Failure failure) {
    return switch (failure) {
      case Failure.Unavailable _ -> REFUSED;
      case Failure.Interrupted _ -> INTERRUPTED;
      case Failure.Transient _, Failure.Permanent _, Failure.Undecodable _ -> FAILED;
    };
  }
}
