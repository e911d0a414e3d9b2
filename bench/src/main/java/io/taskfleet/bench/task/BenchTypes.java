package io.taskfleet.bench.task;

import io.taskfleet.handler.TaskType;
import java.time.Duration;

/** The task types that only benchmarks know. */
public final class BenchTypes {
  /** Does nothing, so that all its cost is the fleet's. */
  public static final TaskType<NumberedPayload> NOOP =
      new TaskType<>("noop", NumberedPayload.class);

  /** Waits for {@link #WAITED}, as for a reply. */
  public static final TaskType<NumberedPayload> WAIT =
      new TaskType<>("wait", NumberedPayload.class);

  /** Does as its payload says. */
  public static final TaskType<PlannedPayload> MIXED =
      new TaskType<>("mixed", PlannedPayload.class);

  /** How long a task of type {@link #WAIT} lasts. */
  public static final Duration WAITED = Duration.ofMillis(20);

  private BenchTypes() {}
}
