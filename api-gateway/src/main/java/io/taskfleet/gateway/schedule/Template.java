package io.taskfleet.gateway.schedule;

import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The task that a schedule makes, without what is each one's own.
 *
 * @param key null if each task has its own
 */
record Template(
    String type, Priority priority, @Nullable String key, RawJson payload, Task.Options options) {

  /**
   * What this task has in common with others like it; its id counts as a key that was not given.
   */
  static Template of(Task task) {
    boolean keyless = task.key().equals(task.id().toString());
    return new Template(
        task.type(),
        task.priority(),
        keyless ? null : task.key(),
        new RawJson(task.payload()),
        task.options());
  }

  /** One of its tasks. */
  Task task(UUID id, String tenant, Instant now, String traceparent) {
    return new Task(
        id,
        tenant,
        type,
        priority,
        key == null ? id.toString() : key,
        payload.utf8(),
        now,
        options,
        traceparent,
        null,
        1);
  }
}
