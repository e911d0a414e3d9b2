package io.taskfleet.worker.batch;

import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskType;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns the news that a batch is whole into the effect that sets its total. */
public final class BatchHandler implements TaskHandler<BatchPayload> {

  @Override
  public TaskType<BatchPayload> type() {
    return TaskType.BATCH;
  }

  @Override
  public HandlerResult handle(BatchPayload payload, TaskContext context)
      throws TaskRejectedException {
    Effect closed =
        new Effect.BatchClosed(payload.batchId(), payload.total(), onComplete(payload, context));
    return new HandlerResult(null, List.of(closed));
  }

  @Override
  public boolean isPure() {
    return true;
  }

  private static @Nullable Task onComplete(BatchPayload payload, TaskContext context)
      throws TaskRejectedException {
    BatchPayload.OnComplete next = payload.onComplete();
    if (next == null) {
      return null;
    }
    TaskType<?> type =
        TaskType.named(next.type())
            .orElseThrow(
                () ->
                    new TaskRejectedException(
                        ReasonCode.UNKNOWN_TYPE, "on_complete is of no type there is"));
    UUID id = BatchPayload.onCompleteId(payload.batchId(), context.tenant());
    return Task.submitted(
        id,
        context.tenant(),
        type,
        new Task.Submission(
            next.priority(),
            Objects.requireNonNullElseGet(next.key(), id::toString),
            next.payload().utf8(),
            new Task.Options(next.maxAttempts(), next.timeout(), null, next.expiresAt())),
        context.createdAt(),
        context.traceparent());
  }
}
