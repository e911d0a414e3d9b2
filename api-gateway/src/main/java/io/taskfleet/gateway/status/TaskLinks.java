package io.taskfleet.gateway.status;

import java.util.UUID;

/**
 * Where a task can be read.
 *
 * @param self path of the task
 */
public record TaskLinks(String self) {
  static final String TASKS = "/v1/tasks/";

  /** The links of this task. */
  public static TaskLinks of(UUID id) {
    return new TaskLinks(TASKS + id);
  }
}
