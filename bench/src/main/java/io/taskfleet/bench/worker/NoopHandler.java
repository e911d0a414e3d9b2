package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.task.TaskType;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;

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
