package io.taskfleet.bench;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.bench.task.PlannedPayload.Plan;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Tasks of all kinds at random, of which the seed tells all, and what must become of them. */
final class MixedTasks {
  private static final int FAILING_PERCENT = 10;
  private static final int SLOW_PERCENT = 5;
  private static final int NORMAL_PERCENT = 20;
  private static final int TENANTS = 50;
  private static final Task.Options TWO_ATTEMPTS = new Task.Options(2, null, null, null);

  private final TaskPublisher publisher;
  private final Random random;
  private final Set<UUID> failing = new HashSet<>();
  private long count;

  MixedTasks(TaskPublisher publisher, long seed) {
    this.publisher = publisher;
    this.random = new Random(seed);
  }

  long count() {
    return count;
  }

  long failing() {
    return failing.size();
  }

  /** Bulk or normal. */
  Priority bulkOrNormal() {
    return random.nextInt(100) < NORMAL_PERCENT ? Priority.NORMAL : Priority.BULK;
  }

  Task next(Priority priority, Instant createdAt) {
    Plan plan = plan();
    Task task =
        publisher.task(
            BenchTypes.MIXED,
            priority,
            "{\"plan\":\"%s\"}".formatted(plan),
            "tenant-" + random.nextInt(TENANTS),
            createdAt,
            TWO_ATTEMPTS);
    if (plan == Plan.FAIL) {
      failing.add(task.id());
    }
    count++;
    return task;
  }

  /** Checks that exactly the failing tasks are dead and all others have succeeded. */
  void requireEndedAsPlanned(Connection database) throws SQLException {
    long succeeded = 0;
    Set<UUID> missing = new HashSet<>(failing);
    try (PreparedStatement select =
            database.prepareStatement("select id, state = 'succeeded' from task");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        if (row.getBoolean(2)) {
          succeeded++;
        } else if (!missing.remove(row.getObject(1, UUID.class))) {
          throw new InvalidRunException("A task did not succeed that should: " + row.getString(1));
        }
      }
    }
    if (!missing.isEmpty() || succeeded != count - failing.size()) {
      throw new InvalidRunException(
          "%d of %d tasks succeeded, %d of %d died"
              .formatted(
                  succeeded,
                  count - failing.size(),
                  failing.size() - missing.size(),
                  failing.size()));
    }
  }

  private Plan plan() {
    int percent = random.nextInt(100);
    if (percent < FAILING_PERCENT) {
      return Plan.FAIL;
    }
    return percent < FAILING_PERCENT + SLOW_PERCENT ? Plan.SLOW : Plan.SUCCEED;
  }
}
