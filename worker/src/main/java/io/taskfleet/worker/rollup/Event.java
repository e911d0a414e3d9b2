package io.taskfleet.worker.rollup;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of an event.
 *
 * @param groups values of properties it is grouped by
 */
record Event(
    String tenant,
    String name,
    Instant at,
    @Nullable BigDecimal value,
    @Nullable String user,
    Map<String, String> groups) {
  /** What is longer is cut. */
  static final int LONGEST_VALUE = 100;

  /** Longer than those of tasks of type {@code analytics}; handlers may choose theirs. */
  static final int LONGEST_NAME = 200;
}
