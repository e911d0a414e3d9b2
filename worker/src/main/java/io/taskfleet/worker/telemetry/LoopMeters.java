package io.taskfleet.worker.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.taskfleet.task.Priority;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What is shown of one poll loop. The loop counts for itself and shows its figures at each tick, so
 * that none of this costs a record anything; what is read may be as old as one commit interval.
 */
public final class LoopMeters {
  /** Records taken from Kafka, by type and priority. */
  public static final String TAKEN = "taskfleet.records.taken";

  /** Records that brought nothing new, by type. */
  public static final String DUPLICATE = "taskfleet.records.duplicate";

  /** Records taken and not finished, by type and priority. */
  public static final String IN_FLIGHT = "taskfleet.records.in.flight";

  /** Records on this worker's partitions that it has not taken, by type and priority. */
  public static final String LAG = "taskfleet.records.lag";

  /** Attempts under way, by type. */
  public static final String PERMITS_TAKEN = "taskfleet.permits.taken";

  /** Attempts that may be under way at once, by type. */
  public static final String PERMITS_LIMIT = "taskfleet.permits.limit";

  /** Partitions owned, by type. */
  public static final String PARTITIONS = "taskfleet.partitions";

  /** How long the oldest task that was taken has waited for its turn, by type. */
  public static final String OLDEST_WAITING = "taskfleet.tasks.oldest.waiting";

  /** Offsets from the lowest unfinished to the highest taken, in the widest window, by type. */
  public static final String WINDOW = "taskfleet.window.span";

  /** Whether partitions are paused, by type and reason. */
  public static final String PAUSED = "taskfleet.paused";

  /** What has figures to show. */
  @FunctionalInterface
  public interface Watched {
    /** How the loop stood a moment ago. */
    LoopState state();
  }

  private final MeterRegistry registry;
  private final String type;
  private final Clock clock;

  /** Meters of this type's loop, which shows nothing yet. */
  public LoopMeters(MeterRegistry registry, String type, Clock clock) {
    this.registry = registry;
    this.type = type;
    this.clock = clock;
  }

  /** Shows this loop for as long as somebody holds it. */
  public void watch(Watched loop) {
    gauge(PARTITIONS, "Partitions owned", loop, state -> state.partitions());
    gauge(PERMITS_TAKEN, "Attempts under way", loop, state -> state.activity().running());
    gauge(PERMITS_LIMIT, "Attempts at once", loop, state -> state.activity().limit());
    gauge(WINDOW, "Offsets in the widest window", loop, state -> state.backlog().widest());
    TimeGauge.builder(
            OLDEST_WAITING, loop, TimeUnit.MILLISECONDS, each -> millisWaiting(each.state()))
        .description("Wait of the oldest task that was taken")
        .tags("type", type)
        .register(registry);
    FunctionCounter.builder(DUPLICATE, loop, each -> each.state().activity().duplicates())
        .description("Records that brought nothing new")
        .tags("type", type)
        .register(registry);
    for (Priority priority : Priority.values()) {
      watch(loop, priority);
    }
    for (Activity.Pause reason : Activity.Pause.values()) {
      gauge(
          PAUSED,
          "Whether partitions are paused",
          loop,
          state -> state.activity().pauses().contains(reason) ? 1 : 0,
          "reason",
          reason.label());
    }
  }

  private void watch(Watched loop, Priority priority) {
    String[] label = {"priority", priority.label()};
    FunctionCounter.builder(
            TAKEN, loop, each -> each.state().activity().taken().getOrDefault(priority, 0L))
        .description("Records taken")
        .tags("type", type)
        .tags(label)
        .register(registry);
    gauge(
        IN_FLIGHT,
        "Records taken and not finished",
        loop,
        state -> state.activity().inFlight().getOrDefault(priority, 0),
        label);
    gauge(
        LAG,
        "Records not taken yet",
        loop,
        state -> state.backlog().lag().getOrDefault(priority, 0L),
        label);
  }

  private void gauge(
      String name,
      String description,
      Watched loop,
      ToDoubleFunction<LoopState> value,
      String... labels) {
    Gauge.builder(name, loop, each -> value.applyAsDouble(each.state()))
        .description(description)
        .tags("type", type)
        .tags(labels)
        .register(registry);
  }

  /** Counted on even if the loop has stopped to turn. */
  private double millisWaiting(LoopState state) {
    return Math.max(0.0, (double) (clock.millis() - state.backlog().oldestWaiting()));
  }
}
