package io.taskfleet.template;

/** Filling a template in goes on for too long. */
final class TooMuchException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
