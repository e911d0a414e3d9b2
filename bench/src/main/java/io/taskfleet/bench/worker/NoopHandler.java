package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;

/** Does nothing. */
final class NoopHandler implements TaskHandler<NumberedPayload> {

  @Override
  public TaskType<NumberedPayload> type() {
    return BenchTypes.NOOP;
  }

  @Override
  public HandlerResult handle(NumberedPayload payload, TaskContext context) {
    return Ok.result();
  }

  @Override
  public boolean isPure() {
    return true;
  }
}
