package io.taskfleet.worker.batch;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns the news that a batch is whole into the effect that sets its total. */
public final class BatchHandler implements TaskHandler<BatchPayload> {

  @Override
  public TaskType<BatchPayload> type() {
    return BuiltInTypes.BATCH;
  }

  @Override
  public HandlerResult handle(BatchPayload payload, TaskContext context)
      throws TaskRejectedException {
    Effect closed =
        new Effect.BatchClosed(payload.batchId(), payload.total(), onComplete(payload, context));
    return new ResultWithEffects(null, List.of(closed));
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
    // The type may be one that only other workers run; the gateway knew it.
    if (!TaskType.isName(next.type()) || next.type().equals(BuiltInTypes.BATCH.name())) {
      throw new TaskRejectedException(
          ReasonCode.UNKNOWN_TYPE, "on_complete is of no type there is");
    }
    UUID id = BatchPayload.onCompleteId(payload.batchId(), context.tenant());
    return Task.submitted(
        id,
        context.tenant(),
        next.type(),
        new Task.Submission(
            next.priority(),
            Objects.requireNonNullElseGet(next.key(), id::toString),
            next.payload().utf8(),
            new Task.Options(
                next.maxAttempts(),
                next.timeout(),
                null,
                next.expiresAt(),
                next.tags(),
                next.callbackUrl())),
        context.createdAt(),
        context.traceparent());
  }
}
