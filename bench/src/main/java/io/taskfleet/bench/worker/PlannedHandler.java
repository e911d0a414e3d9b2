package io.taskfleet.bench.worker;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.PlannedPayload;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import java.io.IOException;
import java.time.Duration;

/** Does what the payload says. */
final class PlannedHandler implements TaskHandler<PlannedPayload> {
  private final Duration slow;

  PlannedHandler(Duration slow) {
    this.slow = slow;
  }

  @Override
  public TaskType<PlannedPayload> type() {
    return BenchTypes.MIXED;
  }

  @Override
  public HandlerResult handle(PlannedPayload payload, TaskContext context)
      throws IOException, InterruptedException {
    switch (payload.plan()) {
      case SUCCEED -> {}
      case FAIL -> throw new IOException("as planned");
      case SLOW -> Thread.sleep(slow);
    }
    return Ok.result();
  }
}
