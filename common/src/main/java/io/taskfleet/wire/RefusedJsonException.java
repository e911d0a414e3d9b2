package io.taskfleet.wire;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import java.util.List;

/**
 * The text is not the JSON it should be. Message and {@link #detail} repeat nothing of the text;
 * only the pointer to an unknown field holds its name, for the one who sent it.
 */
public final class RefusedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The detail of a violation whose pointer holds the name of a field that is not known. */
  public static final String UNKNOWN_FIELD = "unknown field";

  private final transient List<Violation> violations;

  /** Text in which these things are wrong, at least one. */
  public RefusedJsonException(List<Violation> violations) {
    super(describe(violations.getFirst()));
    this.violations = List.copyOf(violations);
  }

  RefusedJsonException(String pointer, ReasonCode code, String detail) {
    this(List.of(new Violation(pointer, code, detail)));
  }

  /** What is wrong; at least one thing. */
  public List<Violation> violations() {
    return violations;
  }

  /** The first thing that is wrong, in a line. */
  public String detail() {
    return describe(violations.getFirst());
  }

  private static String describe(Violation violation) {
    return violation.pointer().isEmpty() || violation.detail().equals(UNKNOWN_FIELD)
        ? violation.detail()
        : violation.pointer() + ": " + violation.detail();
  }

  /** The code of the first thing that is wrong. */
  public ReasonCode reason() {
    return violations.getFirst().code();
  }

  /** Whether the text could not even be parsed, as opposed to parsed and refused. */
  public boolean isSyntax() {
    return switch (reason()) {
      case MALFORMED, LIMITS_EXCEEDED, FORBIDDEN_CHARACTER, EMPTY_VALUE -> true;
      default -> false;
    };
  }
}
