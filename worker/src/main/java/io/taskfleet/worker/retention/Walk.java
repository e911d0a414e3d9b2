package io.taskfleet.worker.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A way through all rows of a table, on which those are deleted whose time is over. */
@FunctionalInterface
interface Walk {

  /** Takes a step, in which it looks at no more rows than this. */
  Step take(Connection connection, Place from, int most) throws SQLException;

  /** The row that was looked at last; what it is ordered by differs. */
  record Place(String tenant, OffsetDateTime time, UUID id) {
    private static final UUID FIRST = new UUID(0, 0);

    /** Before all rows of this tenant; Postgres knows the time as {@code -infinity}. */
    static Place before(String tenant) {
      return new Place(tenant, OffsetDateTime.MIN, FIRST);
    }
  }

  /**
   * What came of a step.
   *
   * @param reached null if the walk has come to its end
   */
  record Step(@Nullable Place reached, Deleted deleted) {}

  /** How many rows are no more: tasks, and batches. */
  record Deleted(long ended, long dead, long batches) {
    static final Deleted NOTHING = new Deleted(0, 0, 0);

    Deleted and(Deleted more) {
      return new Deleted(ended + more.ended, dead + more.dead, batches + more.batches);
    }
  }
}
