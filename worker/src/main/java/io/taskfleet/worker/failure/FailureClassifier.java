package io.taskfleet.worker.failure;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.RefusedJsonException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what a {@code Throwable} means. Whether an interrupted attempt ran into its deadline or into
 * a drain only the attempt knows; it decides that before it asks here.
 *
 * <p>Details never repeat an exception's message unless this project wrote it: a library's may hold
 * an address or a body.
 */
public final class FailureClassifier {
  /** A 429 that does not say when to come back. */
  static final Duration THROTTLED = Duration.ofSeconds(30);

  /** How often to see whether an operator has corrected the credentials. */
  static final Duration CREDENTIALS = Duration.ofMinutes(1);

  /** What no remote side can make us exceed. */
  static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private static final int DEEPEST_CAUSE = 16;

  /** What this means. The first throwable of the chain of causes that means anything decides. */
  public Failure classify(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      Failure failure = recognise(cause);
      if (failure != null) {
        return failure;
      }
      cause = cause.getCause();
    }
    return new Failure.Transient(name(thrown), null);
  }

  private static @Nullable Failure recognise(Throwable thrown) {
    return switch (thrown) {
      case CallRefusedException refused ->
          new Failure.Unavailable(message(refused), refused.retryAfter());
      case TaskRejectedException rejected ->
          new Failure.Permanent(rejected.reason(), message(rejected));
      case RemoteRefusal refusal -> refused(refusal);
      case RefusedJsonException json -> new Failure.Undecodable(json.reason(), json.detail());
      case BlockedDestinationException blocked ->
          new Failure.Permanent(ReasonCode.BLOCKED_DESTINATION, message(blocked));
      case TimeoutException _, SocketTimeoutException _ -> new Failure.Transient("timed out", null);
      case UnknownHostException _ -> new Failure.Transient("host not found", null);
      case ConnectException _ -> new Failure.Transient("cannot connect", null);
      case SSLException _ -> new Failure.Transient("TLS failed", null);
      case IOException io -> new Failure.Transient("connection failed: " + name(io), null);
      default -> null;
    };
  }

  private static Failure refused(RemoteRefusal refusal) {
    return switch (refusal.protocol()) {
      case HTTP -> http(refusal, capped(refusal.retryAfter()));
      case SMTP -> smtp(refusal, capped(refusal.retryAfter()));
    };
  }

  private static Failure http(RemoteRefusal refusal, @Nullable Duration retryAfter) {
    int status = refusal.status();
    if (status == 429) {
      return new Failure.Unavailable(
          message(refusal), Objects.requireNonNullElse(retryAfter, THROTTLED));
    }
    if (status == 503 && retryAfter != null) {
      return new Failure.Unavailable(message(refusal), retryAfter);
    }
    if (status >= 500 || status == 408 || status == 425) {
      return new Failure.Transient(message(refusal), retryAfter);
    }
    return new Failure.Permanent(ReasonCode.REJECTED, message(refusal));
  }

  private static Failure smtp(RemoteRefusal refusal, @Nullable Duration retryAfter) {
    if (retryAfter != null) {
      return new Failure.Unavailable(message(refusal), retryAfter);
    }
    return switch (refusal.status()) {
      case 530, 534, 535, 538 -> new Failure.Unavailable(message(refusal), CREDENTIALS);
      default ->
          refusal.status() < 500
              ? new Failure.Transient(message(refusal), null)
              : new Failure.Permanent(ReasonCode.REJECTED, message(refusal));
    };
  }

  private static @Nullable Duration capped(@Nullable Duration wait) {
    return wait == null || wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  private static String message(Throwable ours) {
    return Objects.requireNonNullElse(ours.getMessage(), name(ours));
  }

  private static String name(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    return name.isEmpty() ? thrown.getClass().getName() : name;
  }
}
