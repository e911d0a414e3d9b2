package io.taskfleet.client;

import org.jspecify.annotations.Nullable;

/** A call that has not come to what it was made for. */
public abstract sealed class TaskfleetException extends RuntimeException
    permits RefusedException, UnavailableException, UnreadableAnswerException {
  private static final long serialVersionUID = 1;

  TaskfleetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
