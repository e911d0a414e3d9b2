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
public record Finding(Optional<TaskStatus> status, boolean certain) {
  /** That there is no task of this id, whatever anybody may have accepted. */
  static final Finding NOTHING = new Finding(Optional.empty(), true);

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
  public TaskStatus orElseThrow() {
    return status.orElseThrow(
        () ->
            certain
                ? nothing()
                : ProblemException.unavailable(
                    "it cannot be said at the moment whether there is a task of this id",
                    ASK_AGAIN_AFTER_SECONDS));
  }

  /** That there is no such task. */
  public static ProblemException nothing() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no task of this id");
  }
}
