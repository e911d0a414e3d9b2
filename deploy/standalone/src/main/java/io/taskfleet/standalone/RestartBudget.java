package io.taskfleet.standalone;

import java.time.Duration;
import java.util.Optional;

/**
 * How often a process may die and how long to wait before it is started again. One that lived for a
 * while has its budget restored. Used by one thread.
 */
final class RestartBudget {
  private static final int MOST_QUICK_DEATHS = 5;
  private static final Duration QUICK = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private int quickDeaths;

  /** The pause before the next start, or nothing when the process is to be given up. */
  Optional<Duration> afterDeath(Duration lived) {
    quickDeaths = lived.compareTo(QUICK) < 0 ? quickDeaths + 1 : 1;
    return quickDeaths >= MOST_QUICK_DEATHS
        ? Optional.empty()
        : Optional.of(FIRST_PAUSE.multipliedBy(1L << (quickDeaths - 1)));
  }
}
