package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frame that has no effect, and why. Has no stack trace: it is an answer, not a fault. */
final class RefusedFrame extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a client can do about it; the names are API. */
  enum Code {
    MALFORMED,
    UNKNOWN_TYPE,
    INVALID,
    FORBIDDEN,
    NOT_SUBSCRIBED,
    UNKNOWN_NOTIFICATION,
    TOO_MANY,
    UNAVAILABLE
  }

  private final Code code;
  private final transient List<Violation> errors;

  RefusedFrame(Code code, String detail) {
    this(code, detail, List.of());
  }

  private RefusedFrame(Code code, String detail, List<Violation> errors) {
    super(detail, null, false, false);
    this.code = code;
    this.errors = errors;
  }

  /** One field breaks a rule. */
  static RefusedFrame at(String pointer, String detail) {
    return new RefusedFrame(
        Code.INVALID,
        detail,
        List.of(new Violation(pointer, ReasonCode.VALIDATION_FAILED, detail)));
  }

  static RefusedFrame of(RefusedJsonException e) {
    return new RefusedFrame(
        e.isSyntax() ? Code.MALFORMED : Code.INVALID, e.detail(), e.violations());
  }

  /** What a request would be refused with. */
  static RefusedFrame of(ProblemException e) {
    return new RefusedFrame(
        e.errors().isEmpty() ? Code.UNAVAILABLE : Code.INVALID,
        String.valueOf(e.getMessage()),
        e.errors());
  }

  ServerFrame.Refused answer(@Nullable String ref) {
    return new ServerFrame.Refused(
        code.name(), String.valueOf(getMessage()), errors.isEmpty() ? null : errors, ref);
  }
}
