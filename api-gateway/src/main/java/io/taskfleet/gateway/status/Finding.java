package io.taskfleet.gateway.status;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a task.
 *
 * @param absence if nothing was found, that there is no such task, or no more; null if it may wait
 *     where nobody could look
 */
public record Finding(Optional<TaskStatus> status, @Nullable ProblemException absence) {
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  static Finding of(TaskStatus status) {
    return new Finding(Optional.of(status), null);
  }

  /** That there is no task of this id, whatever anybody may have accepted. */
  static Finding nothing(ProblemException absence) {
    return new Finding(Optional.empty(), absence);
  }

  /** That it cannot be said whether there is a task of this id. */
  static Finding unclear() {
    return new Finding(Optional.empty(), null);
  }

  /** Whether waiting can change nothing. */
  boolean isFinal() {
    return status.map(found -> found.state().isTerminal()).orElse(absence != null);
  }

  /**
   * The status.
   *
   * @throws ProblemException if none was found
   */
  public TaskStatus orElseThrow() {
    return status.orElseThrow(
        () ->
            absence != null
                ? absence
                : ProblemException.unavailable(
                    "it cannot be said at the moment whether there is a task of this id",
                    ASK_AGAIN_AFTER_SECONDS));
  }

  /** That what a caller gave is no task's id. */
  public static ProblemException noId() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no task of this id");
  }
}
