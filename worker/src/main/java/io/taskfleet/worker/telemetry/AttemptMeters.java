package io.taskfleet.worker.telemetry;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is counted and timed of attempts at tasks of one type. Thread-safe. */
public final class AttemptMeters {
  /** Attempts that began, by type and priority. */
  public static final String STARTED = "taskfleet.attempts.started";

  /** How long attempts lasted, by type and outcome. */
  public static final String DURATION = "taskfleet.attempts.duration";

  /** From acceptance to the first attempt, by type and priority. */
  public static final String ACCEPTED_TO_STARTED = "taskfleet.tasks.accepted.to.started";

  private final Map<Priority, Counter> started = new EnumMap<>(Priority.class);
  private final Map<Priority, Timer> untilStarted = new EnumMap<>(Priority.class);
  private final Map<AttemptEnd, Timer> durations = new EnumMap<>(AttemptEnd.class);

  /** Meters of this type, registered at once so that none is missing before it first counts. */
  public AttemptMeters(MeterRegistry registry, String type) {
    for (Priority priority : Priority.values()) {
      started.put(
          priority,
          Counter.builder(STARTED)
              .description("Attempts that began")
              .tags("type", type, "priority", priority.label())
              .register(registry));
      untilStarted.put(
          priority,
          Latency.timer(
              registry,
              ACCEPTED_TO_STARTED,
              "From acceptance, or run_at, to the start of the first attempt",
              "type",
              type,
              "priority",
              priority.label()));
    }
    for (AttemptEnd end : AttemptEnd.values()) {
      durations.put(
          end,
          Latency.timer(
              registry,
              DURATION,
              "How long attempts lasted",
              "type",
              type,
              "outcome",
              end.label()));
    }
  }

  /** An attempt begins. */
  public void started(Task task, Instant at) {
    requireNonNull(started.get(task.priority())).increment();
    if (isFirstTurn(task)) {
      requireNonNull(untilStarted.get(task.priority()))
          .record(Latency.sinceAccepted(task, at), TimeUnit.NANOSECONDS);
    }
  }

  /** Later deliveries have waited for a backoff or for an outage to end, not for their turn. */
  private static boolean isFirstTurn(Task task) {
    return task.delivery() == 1 || (task.delivery() == 2 && task.options().runAt() != null);
  }

  /** An attempt has ended, after this long. */
  public void ended(AttemptEnd end, long nanos) {
    requireNonNull(durations.get(end)).record(nanos, TimeUnit.NANOSECONDS);
  }
}
