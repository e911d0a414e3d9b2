package io.taskfleet.worker.dependency;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of dependencies: how many are in each state, and by name those whose breaker is not
 * closed. Callers choose hosts, so only so many are named at once. Looked at from time to time on a
 * thread of its own.
 */
public final class DependencyMeters implements MeterBinder, AutoCloseable {
  /** How many dependencies are in a state, by state. */
  public static final String COUNT = "taskfleet.dependencies";

  /** 1 for each dependency whose breaker is not closed, by name and state. */
  public static final String NOT_CLOSED = "taskfleet.dependency.not.closed";

  /** Dependencies named at once. */
  static final int NAMED = 20;

  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Dependencies dependencies;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("dependency-meters").factory());
  private volatile Map<DependencyState.State, Integer> counts = Map.of();
  private volatile @Nullable MultiGauge notClosed;

  /** Meters of these. */
  public DependencyMeters(Dependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (DependencyState.State state : DependencyState.State.values()) {
      Gauge.builder(COUNT, this, meters -> meters.counts.getOrDefault(state, 0))
          .description("Dependencies in this state")
          .tags("state", state.label())
          .register(registry);
    }
    notClosed =
        MultiGauge.builder(NOT_CLOSED)
            .description("Dependencies whose breaker is not closed")
            .register(registry);
    var _ = looking.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  void look() {
    List<DependencyState> states = dependencies.states();
    Map<DependencyState.State, Integer> counted = new EnumMap<>(DependencyState.State.class);
    states.forEach(each -> counted.merge(each.state(), 1, Integer::sum));
    counts = counted;
    MultiGauge gauge = notClosed;
    if (gauge != null) {
      gauge.register(
          states.stream()
              .filter(each -> each.state() != DependencyState.State.CLOSED)
              .limit(NAMED)
              .<MultiGauge.Row<?>>map(
                  each ->
                      MultiGauge.Row.of(
                          Tags.of("dependency", each.name(), "state", each.state().label()), 1))
              .toList());
    }
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
