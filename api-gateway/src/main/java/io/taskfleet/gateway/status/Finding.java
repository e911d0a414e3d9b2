package io.taskfleet.gateway.status;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskStatus;
import java.util.Optional;

/**
 * What was found of a task.
 *
 * @param certain if nothing was found, whether there is no such task; otherwise it may wait where
 *     nobody could look
 */
record Finding(Optional<TaskStatus> status, boolean certain) {
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  /** Whether waiting can change nothing. */
  boolean isFinal() {
    return status.map(found -> found.state().isTerminal()).orElse(certain);
  }

  /**
   * The status.
   *
   * @throws ProblemException if none was found
   */
  TaskStatus orElseThrow() {
    return status.orElseThrow(
        () ->
            certain
                ? ProblemException.of(ProblemType.NOT_FOUND, "there is no task of this id")
                : ProblemException.unavailable(
                    "it cannot be said at the moment whether there is a task of this id",
                    ASK_AGAIN_AFTER_SECONDS));
  }
}
