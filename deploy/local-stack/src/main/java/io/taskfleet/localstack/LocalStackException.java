package io.taskfleet.localstack;

import org.jspecify.annotations.Nullable;

/** A server of the stack, or the stack as a whole, could not do what was asked of it. */
public final class LocalStackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalStackException(String message) {
    super(message);
  }

  LocalStackException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
