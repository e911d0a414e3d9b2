package io.taskfleet.gateway.batch;

import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The task that tells the fleet how many tasks a batch has. It is on Kafka before the caller is
 * answered, so that no gateway's death and no outage of Postgres leaves a batch without its end.
 */
final class Closing {
  private Closing() {}

  /** The same news is the same task, however often it is sent. */
  static Task of(UUID batch, int total, @Nullable Task onComplete, Submitter by) {
    BatchPayload payload = new BatchPayload(batch, total, next(onComplete));
    String name = "closed at " + total + (onComplete == null ? "" : " with on_complete");
    return Task.submitted(
        TaskIds.fromParent(batch, name),
        by.tenant(),
        BuiltInTypes.BATCH,
        new Task.Submission(
            Priority.NORMAL,
            batch.toString(),
            StrictJson.mapper().writeValueAsBytes(payload),
            Task.Options.NONE),
        by.clock().instant(),
        by.traceparent());
  }

  private static BatchPayload.@Nullable OnComplete next(@Nullable Task task) {
    return task == null
        ? null
        : new BatchPayload.OnComplete(
            task.type(),
            task.priority(),
            task.key(),
            new RawJson(task.payload()),
            task.options().maxAttempts(),
            task.options().timeout(),
            task.options().expiresAt(),
            task.options().tags(),
            task.options().callbackUrl());
  }
}
