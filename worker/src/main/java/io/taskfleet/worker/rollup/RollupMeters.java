package io.taskfleet.worker.rollup;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** What is shown of the rollups. */
public record RollupMeters(Rollups rollups) implements MeterBinder {
  /** Events added up by this worker. */
  public static final String FOLDED = "taskfleet.analytics.folded";

  /** Events that are in no rollup, and why. */
  public static final String LEFT_OUT = "taskfleet.analytics.left.out";

  /** Transactions' worth of events that cannot be added up. */
  public static final String SET_ASIDE = "taskfleet.analytics.set.aside";

  /** How old the rollups are. */
  public static final String LAG = "taskfleet.analytics.lag";

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder(FOLDED, rollups, Rollups::folded)
        .description("Analytics events added to the rollups")
        .register(registry);
    leftOut(registry, "late", Rollups::late);
    leftOut(registry, "early", Rollups::early);
    leftOut(registry, "name", Rollups::unnamed);
    FunctionCounter.builder(SET_ASIDE, rollups, Rollups::setAside)
        .description("Batches of analytics events that cannot be added up")
        .register(registry);
    Gauge.builder(LAG, rollups, Rollups::lag)
        .description("Analytics events stored longer ago than this are in the rollups")
        .baseUnit("seconds")
        .register(registry);
  }

  private void leftOut(MeterRegistry registry, String reason, ToDoubleFunction<Rollups> count) {
    FunctionCounter.builder(LEFT_OUT, rollups, count)
        .description("Analytics events that are in no rollup")
        .tag("reason", reason)
        .register(registry);
  }
}
