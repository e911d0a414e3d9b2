package io.taskfleet.gateway.status;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Progress;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task as its caller reads it back: the status without the tenant, and where to go next. */
public record TaskView(
    UUID id,
    String type,
    TaskState state,
    Priority priority,
    String key,
    int attempt,
    @Nullable Integer maxAttempts,
    @Nullable RawJson payload,
    @Nullable RawJson result,
    @Nullable TaskError error,
    @Nullable Tags tags,
    @Nullable UUID batchId,
    Instant createdAt,
    @Nullable Instant runAt,
    @Nullable Instant dueAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Progress progress,
    TaskLinks links) {

  /** The view of this status. */
  public static TaskView of(TaskStatus status) {
    return new TaskView(
        status.id(),
        status.type(),
        status.state(),
        status.priority(),
        status.key(),
        status.attempt(),
        status.maxAttempts(),
        status.payload(),
        status.result(),
        status.error(),
        status.tags(),
        status.batchId(),
        status.createdAt(),
        status.runAt(),
        status.dueAt(),
        status.startedAt(),
        status.finishedAt(),
        status.progress(),
        TaskLinks.of(status.id()));
  }
}
