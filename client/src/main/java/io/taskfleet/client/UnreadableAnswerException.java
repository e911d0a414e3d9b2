package io.taskfleet.client;

import org.jspecify.annotations.Nullable;

/** Something answered that is no gateway, or none that this client understands. */
public final class UnreadableAnswerException extends TaskfleetException {
  private static final long serialVersionUID = 1;

  UnreadableAnswerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
