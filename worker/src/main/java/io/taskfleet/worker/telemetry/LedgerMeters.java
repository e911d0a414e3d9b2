package io.taskfleet.worker.telemetry;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.failure.ErrorClass;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is counted and timed of outcomes that were written. Written to by the ledger's thread. */
public final class LedgerMeters {
  /** Outcomes recorded, by type, state and class of error. */
  public static final String OUTCOMES = "taskfleet.outcomes";

  /** From acceptance to the recorded end, by type and priority. */
  public static final String ACCEPTED_TO_RECORDED = "taskfleet.tasks.accepted.to.recorded";

  /** How long transactions took that recorded a group of outcomes. */
  public static final String COMMIT = "taskfleet.ledger.commit";

  /** How many outcomes such a transaction recorded. */
  public static final String GROUP = "taskfleet.ledger.group";

  /** Outcomes that wait for their transaction. */
  public static final String WAITING = "taskfleet.ledger.waiting";

  /** Outcomes that came too late to change anything. */
  public static final String FENCED = "taskfleet.ledger.fenced";

  /** Records that no thread can finish any more. */
  public static final String UNRECORDED = "taskfleet.ledger.unrecorded";

  private static final String NO_ERROR = "none";
  private static final String OTHER = ErrorClass.OTHER.label();

  /** What an outcome's error may be; anything else would be a label without bound. */
  private static final Set<String> ERRORS =
      Stream.concat(
              Arrays.stream(ErrorClass.values()).map(ErrorClass::label),
              Stream.of("unavailable", "permanent", "undecodable", "expired", "crash"))
          .collect(Collectors.toUnmodifiableSet());

  /** What a transaction recorded of one task. */
  public interface Recorded {
    /** The task. */
    Task task();

    /** Its next state. */
    TaskState state();

    /** What went wrong, if anything did. */
    @Nullable TaskError error();
  }

  private final MeterRegistry registry;
  private final Clock clock;
  private final Timer commit;
  private final DistributionSummary group;
  private final Map<String, OfType> types = new HashMap<>();
  private final Map<TaskState, AtomicLong> totals = new EnumMap<>(TaskState.class);

  /** Meters of one ledger. */
  public LedgerMeters(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
    commit = Latency.timer(registry, COMMIT, "Transactions that recorded outcomes");
    group =
        DistributionSummary.builder(GROUP)
            .description("Outcomes recorded by one transaction")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
            .register(registry);
    for (TaskState state : TaskState.values()) {
      totals.put(state, new AtomicLong());
    }
  }

  /**
   * Shows the figures of this ledger.
   *
   * @param fenced shown for as long as somebody holds it
   */
  public void watch(Supplier<Number> waiting, Supplier<Number> unrecorded, AtomicLong fenced) {
    Gauge.builder(WAITING, waiting)
        .description("Outcomes that wait for their transaction")
        .register(registry);
    Gauge.builder(UNRECORDED, unrecorded)
        .description("Records that come again only after a restart")
        .register(registry);
    FunctionCounter.builder(FENCED, fenced, AtomicLong::get)
        .description("Outcomes that came too late to change anything")
        .register(registry);
  }

  /**
   * A transaction has committed.
   *
   * @param size outcomes that were to be written
   * @param recorded those that changed something
   */
  public void committed(int size, long nanos, List<? extends Recorded> recorded) {
    commit.record(nanos, TimeUnit.NANOSECONDS);
    group.record(size);
    Instant now = clock.instant();
    for (Recorded entry : recorded) {
      String type = entry.task().type();
      OfType of = types.get(type);
      if (of == null) {
        of = new OfType(type);
        types.put(type, of);
      }
      of.recorded(entry, now);
      requireNonNull(totals.get(entry.state())).incrementAndGet();
    }
  }

  /** How many outcomes of each state were recorded since the start. */
  public Map<String, Long> totals() {
    Map<String, Long> byLabel = new TreeMap<>();
    totals.forEach(
        (state, total) -> {
          if (total.get() > 0) {
            byLabel.put(state.label(), total.get());
          }
        });
    return byLabel;
  }

  /**
   * Types are as many as there are poll loops; the meters of each are made when it first counts.
   */
  private final class OfType {
    private final String type;
    private final Map<TaskState, Map<String, Counter>> outcomes = new EnumMap<>(TaskState.class);
    private final Map<Priority, Timer> untilRecorded = new EnumMap<>(Priority.class);

    OfType(String type) {
      this.type = type;
      for (TaskState state : TaskState.values()) {
        outcomes.put(state, new HashMap<>());
      }
      for (Priority priority : Priority.values()) {
        untilRecorded.put(
            priority,
            Latency.timer(
                registry,
                ACCEPTED_TO_RECORDED,
                "From acceptance, or run_at, to the recorded end",
                "type",
                type,
                "priority",
                priority.label()));
      }
    }

    void recorded(Recorded entry, Instant now) {
      TaskState state = entry.state();
      outcome(state, errorClass(entry.error())).increment();
      if (state.isTerminal()) {
        requireNonNull(untilRecorded.get(entry.task().priority()))
            .record(Latency.sinceAccepted(entry.task(), now), TimeUnit.NANOSECONDS);
      }
    }

    private Counter outcome(TaskState state, String error) {
      Map<String, Counter> byError = requireNonNull(outcomes.get(state));
      Counter known = byError.get(error);
      if (known != null) {
        return known;
      }
      Counter added =
          Counter.builder(OUTCOMES)
              .description("Outcomes recorded")
              .tags("type", type, "state", state.label(), "error", error)
              .register(registry);
      byError.put(error, added);
      return added;
    }

    private static String errorClass(@Nullable TaskError error) {
      if (error == null) {
        return NO_ERROR;
      }
      String name = error.errorClass();
      return name != null && ERRORS.contains(name) ? name : OTHER;
    }
  }
}
