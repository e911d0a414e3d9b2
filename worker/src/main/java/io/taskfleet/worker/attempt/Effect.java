package io.taskfleet.worker.attempt;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something written to Postgres together with a task's result: with it, or not at all. */
public sealed interface Effect {

  /** An analytics event and its share of the minute's rollup. */
  record EventCounted(
      String name,
      @Nullable String userId,
      @Nullable BigDecimal value,
      @Nullable String properties,
      Instant at)
      implements Effect {}
}
