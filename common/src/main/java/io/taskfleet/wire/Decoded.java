package io.taskfleet.wire;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import java.util.UUID;

/** What a record turned out to be. */
public sealed interface Decoded {

  /** A task; its payload has not been looked at yet, unless it had to be. */
  record Accepted(Task task) implements Decoded {}

  /**
   * No task.
   *
   * @param id a name for the record: never the id it claims, so that a broken record cannot end
   *     somebody's task
   * @param detail for operators; repeats nothing of the record
   */
  record Refused(UUID id, ReasonCode reason, String detail) implements Decoded {}
}
