package io.taskfleet.worker.analytics;

import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.task.TaskType;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;
import java.util.List;
import java.util.Objects;

/** Turns an event into the effect that counts it. */
public final class AnalyticsHandler implements TaskHandler<AnalyticsPayload> {

  @Override
  public TaskType<AnalyticsPayload> type() {
    return TaskType.ANALYTICS;
  }

  @Override
  public HandlerResult handle(AnalyticsPayload payload, TaskContext context) {
    Effect counted =
        new Effect.EventCounted(
            payload.name(),
            payload.userId(),
            payload.value(),
            payload.properties() == null ? null : payload.properties().toString(),
            Objects.requireNonNullElse(payload.at(), context.createdAt()));
    return new HandlerResult(null, List.of(counted));
  }

  @Override
  public boolean isPure() {
    return true;
  }
}
