package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import io.taskfleet.worker.postgres.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;

/** Deletes events and buckets that have been kept for long enough, few at a time. */
final class Expiry {
  private static final int SLICE = 1_000;
  private static final String EVENT = "event";

  private static final String LOCK =
      "select 1 from analytics_kept where what = ? for update skip locked";

  private static final String MOVE =
      """
      update analytics_kept set since = start.of
        from (select date_trunc(?, now() - ? * interval '1 millisecond', 'UTC') as of) as start
       where what = ? and since < start.of
      """;

  /** Events of batches that are in the rollups; a batch is numbered by its time. */
  private static final String DELETE_EVENTS =
      """
      delete from analytics_event where id = any (array(
        select id from analytics_event
         where batch < (select (extract(epoch from since) * 1000)::bigint * 1000000
                          from analytics_kept where what = ?)
           and batch < coalesce((select min(batch) from analytics_pending), 9223372036854775807)
         order by batch limit %d))
      """
          .formatted(SLICE);

  private static final String DELETE_BUCKETS =
      """
      delete from analytics_bucket where ctid = any (array(
        select bucket.ctid from analytics_kept join analytics_bucket as bucket on step = what
         where what = ? and start < since limit %d))
      """
          .formatted(SLICE);

  private final DataSource database;
  private final RollupProperties.Keep keep;

  Expiry(DataSource database, RollupProperties.Keep keep) {
    this.database = database;
    this.keep = keep;
  }

  /** Deletes a slice of each kind; answers whether nothing more was to be deleted. */
  boolean deleteSlices() throws SQLException {
    boolean isAll = deleteSlice(EVENT, "minute", keep.events(), DELETE_EVENTS);
    for (Rollup rollup : Rollup.values()) {
      String unit = rollup.name().toLowerCase(Locale.ROOT);
      isAll &= deleteSlice(rollup.label(), unit, keep.of(rollup), DELETE_BUCKETS);
    }
    return isAll;
  }

  private boolean deleteSlice(String what, String unit, Duration kept, String delete)
      throws SQLException {
    return Transaction.run(
        database,
        connection -> {
          if (!lock(connection, what)) {
            return true;
          }
          move(connection, what, unit, kept);
          return delete(connection, delete, what) < SLICE;
        });
  }

  private static boolean lock(Connection connection, String what) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(LOCK)) {
      select.setString(1, what);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void move(Connection connection, String what, String unit, Duration kept)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(MOVE)) {
      update.setString(1, unit);
      update.setLong(2, kept.toMillis());
      update.setString(3, what);
      update.executeUpdate();
    }
  }

  private static int delete(Connection connection, String sql, String what) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, what);
      return statement.executeUpdate();
    }
  }
}
