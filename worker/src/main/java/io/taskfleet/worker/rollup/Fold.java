package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds events to the rollups, in one transaction with their leaving {@code analytics_pending}. */
final class Fold {
  private static final String LOCK =
      """
      select what, since, now() as now from analytics_kept where what <> 'event'
       order by what for update skip locked
      """;

  private final RollupProperties properties;
  private final EventTable events;
  private final BucketTable buckets = new BucketTable();

  Fold(RollupProperties properties) {
    this.properties = properties;
    this.events = new EventTable(properties);
  }

  /** What became of some events. */
  static final class Done {
    private boolean isAll = true;
    private long folded;
    private long late;
    private long early;
    private long unnamed;

    /** Whether nothing more was waiting, or somebody else is at it. */
    boolean isAll() {
      return isAll;
    }

    /** Events that are in the rollups now. */
    long folded() {
      return folded;
    }

    /** Events that happened too long ago. */
    long late() {
      return late;
    }

    /** Events that are still to happen. */
    long early() {
      return early;
    }

    /** Events whose names are too long. */
    long unnamed() {
      return unnamed;
    }
  }

  private record Turn(Instant now, Map<Rollup, Instant> since) {}

  /**
   * Adds the oldest events that are in no rollup.
   *
   * @param most about so many of them, and at least a batch
   */
  Done run(Connection connection, int most) throws SQLException {
    Done done = new Done();
    Turn turn = turn(connection);
    if (turn == null) {
      return done;
    }
    EventTable.Taken taken = events.take(connection, most);
    done.isAll = taken.isAll();
    if (!taken.batches().isEmpty()) {
      add(connection, turn, taken.batches(), done);
    }
    return done;
  }

  /**
   * Leaves the oldest batch out of the rollups, so that it holds up no others. Its events stay.
   *
   * @return its number, if it was ours to take
   */
  Optional<Long> setAside(Connection connection) throws SQLException {
    return turn(connection) == null
        ? Optional.empty()
        : events.take(connection, 1).batches().stream().findFirst();
  }

  private static @Nullable Turn turn(Connection connection) throws SQLException {
    Map<Rollup, Instant> since = new EnumMap<>(Rollup.class);
    Instant now = Instant.EPOCH;
    try (PreparedStatement select = connection.prepareStatement(LOCK);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        now = rows.getObject("now", OffsetDateTime.class).toInstant();
        since.put(
            Rollup.of(rows.getString("what")),
            rows.getObject("since", OffsetDateTime.class).toInstant());
      }
    }
    return since.size() == Rollup.values().length ? new Turn(now, since) : null;
  }

  private void add(Connection connection, Turn turn, List<Long> batches, Done done)
      throws SQLException {
    Instant oldest = turn.now().minus(properties.lateBy());
    Instant latest = turn.now().plus(properties.earlyBy());
    Tallies tallies = new Tallies(turn.since());
    events.read(
        connection,
        batches,
        event -> {
          if (event.name().length() > Event.LONGEST_NAME) {
            done.unnamed++;
          } else if (event.at().isBefore(oldest)) {
            done.late++;
          } else if (event.at().isAfter(latest)) {
            done.early++;
          } else {
            tallies.add(event);
            done.folded++;
          }
        });
    Map<Bucket.Grouped, Set<String>> known = buckets.values(connection, tallies.grouped());
    buckets.add(connection, tallies.rows(known, properties.valuesPerBucket()));
  }
}
