package io.taskfleet.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** A process that drains backlogs, and the place where its results are. */
record Contestant(BenchProcess process, Results results) {
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();
  private static final long LIMIT_NANOS = Duration.ofMinutes(15).toNanos();

  private static final long STRAGGLER_NANOS = Duration.ofMinutes(1).toNanos();

  /** One backlog drained: at what rate, and for how much processor time. */
  record Drained(double perSecond, CpuReading cpu) {}

  /**
   * Lets the paused process go on and waits until all tasks of the backlog have succeeded.
   *
   * @param last the last task of each partition
   * @throws InvalidRunException when they do not all succeed in time
   */
  Drained drain(CpuMeter meter, long tasks, Set<UUID> last)
      throws IOException, InterruptedException, SQLException {
    CpuReading before = meter.read();
    long start = System.nanoTime();
    process.resume();
    while (!results.hold(last)) {
      awaitNextLook(start, tasks);
    }
    long end = System.nanoTime();
    CpuReading after = meter.read();
    // Different keys may end in any order, so the last of a partition need not be the last to end.
    long found = results.count();
    for (long late = end; found < tasks; found = results.count()) {
      if (System.nanoTime() - late > STRAGGLER_NANOS) {
        throw new InvalidRunException("%d results of %d tasks".formatted(found, tasks));
      }
      awaitNextLook(start, tasks);
      end = System.nanoTime();
      after = meter.read();
    }
    if (found > tasks) {
      throw new InvalidRunException("%d results of %d tasks".formatted(found, tasks));
    }
    return new Drained(tasks * 1e9 / (end - start), after.since(before));
  }

  private void awaitNextLook(long start, long tasks) throws SQLException {
    process.requireAlive();
    if (System.nanoTime() - start > LIMIT_NANOS) {
      throw new InvalidRunException(
          "Only %d of %d tasks have succeeded, and it is late".formatted(results.count(), tasks));
    }
    LockSupport.parkNanos(POLL_NANOS);
  }
}
