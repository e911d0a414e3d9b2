package io.taskfleet.cli;

/** Nobody reads what is printed any more, as behind {@code | head}. */
final class ClosedOutputException extends RuntimeException {
  private static final long serialVersionUID = 1;
}
