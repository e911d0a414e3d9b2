package io.taskfleet.wire;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The notification that tells a caller, at the URL it gave, that its task has ended. */
public final class Callback {
  /** Bytes of a result that is sent along; a larger one is read back from the gateway. */
  private static final int LARGEST_RESULT = 64 << 10;

  private Callback() {}

  private record Body(String message, Data data, String url) {}

  private record Data(RawJson task, @Nullable RawJson result) {}

  /**
   * The task that delivers it. Its id is the same whenever this end of this task is told.
   *
   * @param ended the task, in its terminal state
   * @param now when it is submitted
   */
  public static Task of(Task task, TaskStatus ended, String url, Instant now) {
    RawJson status = new RawJson(new StatusJson().write(ended).withoutBodies());
    RawJson result = ended.result();
    boolean small = result != null && result.utf8().length <= LARGEST_RESULT;
    String message = "Task %s has ended: %s".formatted(task.id(), ended.state().label());
    byte[] payload =
        StrictJson.mapper()
            .writeValueAsBytes(new Body(message, new Data(status, small ? result : null), url));
    return Task.submitted(
        TaskIds.fromParent(task.id(), "callback " + task.delivery()),
        task.tenant(),
        BuiltInTypes.NOTIFICATION,
        new Task.Submission(Priority.NORMAL, url, payload, Task.Options.NONE),
        now,
        task.traceparent());
  }
}
