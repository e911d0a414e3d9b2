package io.taskfleet.worker.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.LongStream;

/** How long things take, in the same buckets everywhere, so that they can be compared. */
public final class Latency {
  private static final Duration[] BUCKETS =
      LongStream.of(
              1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
              300_000, 1_800_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);
  private static final long NANOS = Duration.ofSeconds(1).toNanos();

  /** Nobody looks at longer times, and they must not overflow. */
  private static final long LONGEST_SECONDS = Duration.ofDays(3_650).toSeconds();

  private Latency() {}

  /** A timer with buckets. */
  public static Timer timer(
      MeterRegistry registry, String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /**
   * Nanoseconds from when the task was accepted, or from its {@code run_at} if that came later, to
   * this time. Clocks of other hosts may be ahead; never below 0.
   */
  public static long sinceAccepted(Task task, Instant until) {
    Instant runAt = task.options().runAt();
    Instant from = runAt != null && runAt.isAfter(task.createdAt()) ? runAt : task.createdAt();
    long seconds = until.getEpochSecond() - from.getEpochSecond();
    return seconds > LONGEST_SECONDS
        ? LONGEST_SECONDS * NANOS
        : Math.max(0, Math.max(-1, seconds) * NANOS + until.getNano() - from.getNano());
  }
}
