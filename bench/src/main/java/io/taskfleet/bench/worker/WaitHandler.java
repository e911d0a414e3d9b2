package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.task.TaskType;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;
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
