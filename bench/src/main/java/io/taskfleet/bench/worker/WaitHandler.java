package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import java.time.Duration;

/** Waits, as for the reply of a remote server; so it does not claim to be pure. */
final class WaitHandler implements TaskHandler<NumberedPayload> {
  private final Duration time;

  WaitHandler(Duration time) {
    this.time = time;
  }

  @Override
  public TaskType<NumberedPayload> type() {
    return BenchTypes.WAIT;
  }

  @Override
  public HandlerResult handle(NumberedPayload payload, TaskContext context)
      throws InterruptedException {
    Thread.sleep(time);
    return Ok.result();
  }
}
