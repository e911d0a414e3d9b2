package io.taskfleet.worker.rollup;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings that tests keep rollups by. */
public final class TestRollups {
  /** Purchases by plan and country, everything else by nothing. */
  public static final RollupProperties PROPERTIES =
      new RollupProperties(
          Duration.ofMillis(10),
          500,
          List.of(),
          Map.of("purchase", List.of("plan", "country")),
          5,
          Duration.ofDays(7),
          Duration.ofHours(1),
          new RollupProperties.Keep(
              Duration.ofDays(3), Duration.ofDays(10), Duration.ofDays(20), Duration.ofDays(30)));

  private TestRollups() {}
}
