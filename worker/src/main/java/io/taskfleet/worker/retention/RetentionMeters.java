package io.taskfleet.worker.retention;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** What is shown of the retention. */
public record RetentionMeters(Retention retention) implements MeterBinder {
  /** Rows that this worker has deleted. */
  public static final String DELETED = "taskfleet.retention.deleted";

  @Override
  public void bindTo(MeterRegistry registry) {
    deleted(registry, "ended", each -> each.deleted().ended());
    deleted(registry, "dead", each -> each.deleted().dead());
    deleted(registry, "batch", each -> each.deleted().batches());
  }

  private void deleted(MeterRegistry registry, String kind, ToDoubleFunction<Retention> count) {
    FunctionCounter.builder(DELETED, retention, count)
        .description("Tasks and batches deleted because they ended long ago")
        .tag("kind", kind)
        .register(registry);
  }
}
