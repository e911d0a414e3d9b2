package io.taskfleet.worker.analytics;

import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import java.util.List;
import java.util.Objects;

/** Turns an event into the effect that counts it. */
public final class AnalyticsHandler implements TaskHandler<AnalyticsPayload> {

  @Override
  public TaskType<AnalyticsPayload> type() {
    return BuiltInTypes.ANALYTICS;
  }

  @Override
  public ResultWithEffects handle(AnalyticsPayload payload, TaskContext context) {
    Effect counted =
        new Effect.EventCounted(
            payload.name(),
            payload.userId(),
            payload.value(),
            payload.properties() == null ? null : payload.properties().toString(),
            Objects.requireNonNullElse(payload.at(), context.createdAt()));
    return new ResultWithEffects(null, List.of(counted));
  }

  @Override
  public boolean isPure() {
    return true;
  }
}
