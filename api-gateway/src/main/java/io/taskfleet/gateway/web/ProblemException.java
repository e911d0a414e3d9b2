package io.taskfleet.gateway.web;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ends a request with a problem document. Has no stack trace: it is an answer, not a fault, and a
 * flood of bad requests must stay cheap.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final transient List<Violation> errors;
  private final transient Map<String, String> headers;
  private final transient Map<String, Object> members;

  private ProblemException(
      ProblemType type, String detail, List<Violation> errors, Map<String, String> headers) {
    this(type, detail, errors, headers, Map.of());
  }

  private ProblemException(
      ProblemType type,
      String detail,
      List<Violation> errors,
      Map<String, String> headers,
      Map<String, Object> members) {
    super(detail, null, false, false);
    this.type = type;
    this.errors = List.copyOf(errors);
    this.headers = Map.copyOf(headers);
    this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** A problem that one sentence explains; it repeats nothing the caller sent. */
  public static ProblemException of(ProblemType type, String detail) {
    return new ProblemException(type, detail, List.of(), Map.of());
  }

  /** Valid JSON that breaks these rules; pointers are relative to the body. */
  public static ProblemException refused(List<Violation> errors) {
    return new ProblemException(ProblemType.REFUSED, errors.getFirst().detail(), errors, Map.of());
  }

  /** One field or parameter cannot be read. */
  public static ProblemException malformed(String pointer, ReasonCode code, String detail) {
    return new ProblemException(
        ProblemType.MALFORMED, detail, List.of(new Violation(pointer, code, detail)), Map.of());
  }

  /** One field breaks a rule. */
  public static ProblemException refused(String pointer, String detail) {
    return refused(List.of(new Violation(pointer, ReasonCode.VALIDATION_FAILED, detail)));
  }

  /** There is no room for one more. */
  public static ProblemException full(String pointer, String detail) {
    return refused(List.of(new Violation(pointer, ReasonCode.LIMITS_EXCEEDED, detail)));
  }

  /**
   * What is wrong with the body: 400 if it is no JSON, else 422.
   *
   * @param prefix where in the body the refused value is
   */
  public static ProblemException of(RefusedJsonException e, String prefix) {
    List<Violation> errors = prefixed(e.violations(), prefix);
    return e.isSyntax()
        ? new ProblemException(ProblemType.MALFORMED, e.detail(), errors, Map.of())
        : refused(errors);
  }

  /** The same violations, each once, seen from further out. */
  public static List<Violation> prefixed(List<Violation> errors, String prefix) {
    return prefix.isEmpty()
        ? errors.stream().distinct().toList()
        : errors.stream()
            .distinct()
            .map(error -> new Violation(prefix + error.pointer(), error.code(), error.detail()))
            .toList();
  }

  /** A server is away; the caller may come back after this many seconds. */
  public static ProblemException unavailable(String detail, int retryAfterSeconds) {
    return of(ProblemType.UNAVAILABLE, detail)
        .withHeader("Retry-After", Integer.toString(retryAfterSeconds));
  }

  /** The same problem of a value that stands here in the body. */
  public ProblemException within(String pointer) {
    return new ProblemException(type, detail(), prefixed(errors, pointer), headers);
  }

  /** The same problem with this response header and no others. */
  public ProblemException withHeader(String name, String value) {
    return new ProblemException(type, detail(), errors, Map.of(name, value), members);
  }

  /** The same problem with these members of its own (RFC 9457 §3.2), and no others. */
  public ProblemException withMembers(Map<String, Object> more) {
    return new ProblemException(type, detail(), errors, headers, more);
  }

  ProblemType type() {
    return type;
  }

  String detail() {
    String detail = getMessage();
    return detail == null ? "" : detail;
  }

  /** What is wrong with the body, if that is what is wrong. */
  public List<Violation> errors() {
    return errors;
  }

  Map<String, String> headers() {
    return headers;
  }

  Map<String, Object> members() {
    return members;
  }
}
