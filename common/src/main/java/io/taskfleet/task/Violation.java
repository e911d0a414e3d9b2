package io.taskfleet.task;

/**
 * One thing wrong with a task somebody submitted.
 *
 * @param pointer JSON Pointer (RFC 6901) to the field, relative to the payload; empty for the whole
 * @param detail for the caller to read; names the rule and never repeats the value
 */
public record Violation(String pointer, ReasonCode code, String detail) {
  /** A null where there must be a value. */
  public static final Violation NOTHING =
      new Violation("", ReasonCode.VALIDATION_FAILED, "must not be null");
}
