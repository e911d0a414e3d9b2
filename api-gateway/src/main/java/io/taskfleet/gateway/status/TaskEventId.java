package io.taskfleet.gateway.status;

import io.taskfleet.gateway.live.Follower;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names an event of a task's stream: its state, its attempt and its progress, such as {@code
 * running-2} or {@code running-2-40}.
 */
final class TaskEventId {
  private static final Pattern SYNTAX =
      Pattern.compile(
          Arrays.stream(TaskState.values())
              .map(TaskState::label)
              .collect(Collectors.joining("|", "(?:", ")-\\d{1,9}(?:-\\d{1,3})?")));

  private TaskEventId() {}

  static String of(TaskStatus status) {
    String id = status.state().label() + '-' + status.attempt();
    return status.progress() == null ? id : id + '-' + status.progress().percent();
  }

  /**
   * This id, which a client has sent.
   *
   * @throws ProblemException if there is no such event
   */
  static String parse(String text) {
    if (!SYNTAX.matcher(text).matches()) {
      throw Follower.strangeEvent();
    }
    return text;
  }
}
