package io.taskfleet.task;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as it is read back: the JSON kept in Redis, sent in lifecycle events and answered over
 * HTTP.
 *
 * @param attempt attempts spent, the running one included
 * @param runAt when the caller wanted it to run
 * @param dueAt when it goes back to a topic, while it waits
 * @param progress how far it has come, while it runs and says so
 */
public record TaskStatus(
    UUID id,
    String tenant,
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
    @Nullable Progress progress) {

  /** A task that was just accepted and waits on its topic. */
  public static TaskStatus queued(Task task) {
    Instant runAt = task.options().runAt();
    return new TaskStatus(
        task.id(),
        task.tenant(),
        task.type(),
        runAt == null ? TaskState.QUEUED : TaskState.SCHEDULED,
        task.priority(),
        task.key(),
        0,
        task.options().maxAttempts(),
        new RawJson(task.payload()),
        null,
        null,
        task.options().tags(),
        task.batchId(),
        task.createdAt(),
        runAt,
        runAt,
        null,
        null,
        null);
  }

  /** A task whose attempt of this number is under way. */
  public static TaskStatus running(Task task, int attempt, Instant startedAt) {
    return running(task, attempt, startedAt, null);
  }

  /** The same, which has come this far. */
  public static TaskStatus running(
      Task task, int attempt, Instant startedAt, @Nullable Progress progress) {
    return new TaskStatus(
        task.id(),
        task.tenant(),
        task.type(),
        TaskState.RUNNING,
        task.priority(),
        task.key(),
        attempt,
        task.options().maxAttempts(),
        new RawJson(task.payload()),
        null,
        null,
        task.options().tags(),
        task.batchId(),
        task.createdAt(),
        task.options().runAt(),
        null,
        startedAt,
        null,
        progress);
  }
}
