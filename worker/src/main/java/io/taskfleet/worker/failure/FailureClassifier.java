package io.taskfleet.worker.failure;

import io.taskfleet.handler.PermanentFailureException;
import io.taskfleet.handler.RetryLaterException;
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

  /** How often to see whether a mail server takes mails again from one who has sent too many. */
  static final Duration QUOTA = Duration.ofMinutes(10);

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
    return new Failure.Transient(ErrorClass.OTHER, name(thrown), null);
  }

  /** What it means that an attempt was interrupted because it had lasted this long. */
  public Failure deadlinePassed(Duration limit) {
    return new Failure.Transient(ErrorClass.TIMEOUT, "no result within " + limit, null);
  }

  private static @Nullable Failure recognise(Throwable thrown) {
    return switch (thrown) {
      case PermanentFailureException failure ->
          new Failure.Permanent(ReasonCode.REJECTED, message(failure));
      case RetryLaterException later -> new Failure.Unavailable(message(later), later.after());
      case CallRefusedException refused ->
          new Failure.Unavailable(message(refused), refused.retryAfter());
      case TaskRejectedException rejected ->
          new Failure.Permanent(rejected.reason(), message(rejected));
      case RemoteRefusal refusal -> refused(refusal);
      case RefusedJsonException json -> new Failure.Undecodable(json.reason(), json.detail());
      case BlockedDestinationException blocked ->
          new Failure.Permanent(ReasonCode.BLOCKED_DESTINATION, message(blocked));
      case TimeoutException _, SocketTimeoutException _ -> spent(ErrorClass.TIMEOUT, "timed out");
      case UnknownHostException _ -> spent(ErrorClass.DNS, "host not found");
      case ConnectException _ -> spent(ErrorClass.CONNECTION, "cannot connect");
      case SSLException _ -> spent(ErrorClass.TLS, "TLS failed");
      case IOException io -> spent(ErrorClass.CONNECTION, "connection failed: " + name(io));
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
    ErrorClass cause =
        switch (status) {
          case 408 -> ErrorClass.TIMEOUT;
          case 425 -> ErrorClass.THROTTLED;
          default -> status >= 500 ? ErrorClass.SERVER_ERROR : null;
        };
    return cause == null
        ? new Failure.Permanent(ReasonCode.REJECTED, message(refusal))
        : new Failure.Transient(cause, message(refusal), retryAfter);
  }

  private static Failure smtp(RemoteRefusal refusal, @Nullable Duration retryAfter) {
    SmtpReply reply = refusal.reply();
    if (retryAfter != null || reply == null) {
      return new Failure.Unavailable(
          message(refusal), Objects.requireNonNullElse(retryAfter, THROTTLED));
    }
    return switch (reply.meaning()) {
      case CREDENTIALS -> new Failure.Unavailable(message(refusal), CREDENTIALS);
      case QUOTA_USED_UP -> new Failure.Unavailable(message(refusal), QUOTA);
      case LATER -> spent(ErrorClass.THROTTLED, message(refusal));
      case IN_TROUBLE, CLOSING -> spent(ErrorClass.SERVER_ERROR, message(refusal));
      case REFUSED -> new Failure.Permanent(ReasonCode.REJECTED, message(refusal));
    };
  }

  private static Failure spent(ErrorClass cause, String detail) {
    return new Failure.Transient(cause, detail, null);
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
