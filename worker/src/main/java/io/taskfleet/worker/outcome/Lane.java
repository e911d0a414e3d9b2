package io.taskfleet.worker.outcome;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;

/** Tasks that keep their order. */
public record Lane(String type, String tenant, Priority priority, String key) {

  /** The lane of this task. */
  public static Lane of(Task task) {
    return new Lane(task.type(), task.tenant(), task.priority(), task.key());
  }
}
