package io.taskfleet.worker.retention;

import io.taskfleet.worker.postgres.Transaction;
import io.taskfleet.worker.retention.Walk.Deleted;
import io.taskfleet.worker.retention.Walk.Place;
import io.taskfleet.worker.retention.Walk.Step;
import io.taskfleet.worker.round.Round;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Deletes what has been kept for long enough, in turn with the other workers. */
public final class Retention implements Round.Turn {
  /** How many rows are looked at in one transaction. */
  static final int SLICE = 1_000;

  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final String TAKE =
      """
      select what, tenant, after_time, after_id from retention where continue_at <= now()
       order by continue_at limit 1 for update skip locked
      """;

  /** {@code now()} is when the transaction began. */
  private static final String GO_ON =
      """
      update retention set tenant = ?, after_time = ?, after_id = ?,
          continue_at = clock_timestamp() + 4 * (clock_timestamp() - now())
       where what = ?
      returning (extract(epoch from continue_at - clock_timestamp()) * 1000)::bigint
      """;

  private static final String BEGIN_AGAIN =
      """
      update retention set tenant = default, after_time = default, after_id = default,
          continue_at = clock_timestamp() + interval '10 minutes'
       where what = ?
      """;

  private final DataSource database;
  private final RetentionProperties keep;
  private final Map<String, Walk> walks;
  private int most = SLICE;

  // Written by the thread, read by whoever looks at the meters.
  private volatile Deleted deleted = Deleted.NOTHING;

  /** What is kept in this database. */
  public Retention(DataSource database, RetentionProperties keep) {
    this.database = database;
    this.keep = keep;
    this.walks = Map.of("task", new EndedTasks(keep), "batch", new EndedBatches(keep));
  }

  /** What this one has deleted since the start. */
  Deleted deleted() {
    return deleted;
  }

  @Override
  public @Nullable Duration take() throws SQLException {
    return keep.isForEver() ? null : step();
  }

  private record Taken(Deleted deleted, Duration rest) {}

  /** What fails is tried again with fewer rows: they may be large, or Postgres slow. */
  Duration step() throws SQLException {
    Taken taken;
    try {
      taken = Transaction.run(database, this::step);
    } catch (SQLException e) {
      most = Math.max(1, most / 2);
      throw e;
    }
    most = Math.min(SLICE, most * 2);
    deleted = deleted.and(taken.deleted);
    return taken.rest;
  }

  private Taken step(Connection connection) throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE);
        ResultSet row = take.executeQuery()) {
      if (!row.next()) {
        return new Taken(Deleted.NOTHING, IDLE);
      }
      String what = row.getString("what");
      Place from =
          new Place(
              row.getString("tenant"),
              row.getObject("after_time", OffsetDateTime.class),
              row.getObject("after_id", UUID.class));
      Step step = Objects.requireNonNull(walks.get(what)).take(connection, from, most);
      Place reached = step.reached();
      Duration rest =
          reached == null ? beginAgain(connection, what) : goOn(connection, what, reached);
      return new Taken(step.deleted(), rest);
    }
  }

  private static Duration goOn(Connection connection, String what, Place reached)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GO_ON)) {
      update.setString(1, reached.tenant());
      update.setObject(2, reached.time());
      update.setObject(3, reached.id());
      update.setString(4, what);
      try (ResultSet row = update.executeQuery()) {
        row.next();
        return Duration.ofMillis(row.getLong(1));
      }
    }
  }

  /** The other walk may have waited. */
  private static Duration beginAgain(Connection connection, String what) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(BEGIN_AGAIN)) {
      update.setString(1, what);
      update.executeUpdate();
      return Duration.ZERO;
    }
  }
}
