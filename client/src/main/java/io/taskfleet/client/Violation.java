package io.taskfleet.client;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a field.
 *
 * @param pointer where it is (RFC 6901); empty for the whole
 * @param code a word for programs, such as {@code VALIDATION_FAILED}
 * @param detail for people to read
 */
public record Violation(String pointer, String code, @Nullable String detail) {
  @Override
  public String toString() {
    String what = detail == null ? code : detail;
    return pointer.isEmpty() ? what : pointer + " " + what;
  }
}
