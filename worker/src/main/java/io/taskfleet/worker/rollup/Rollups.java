package io.taskfleet.worker.rollup;

import io.taskfleet.worker.postgres.Transaction;
import io.taskfleet.worker.round.Round;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the rollups up to date as long as it runs, in turn with those of the other workers. */
public final class Rollups implements Round.Turn {
  private static final Logger log = LoggerFactory.getLogger(Rollups.class);
  private static final String DATA_EXCEPTION = "22";
  private static final Duration EXPIRE_EVERY = Duration.ofSeconds(10);

  private static final String LAG =
      """
      select greatest(0, coalesce(
          (extract(epoch from now()) * 1000)::bigint - min(batch) / 1000000, 0))
        from analytics_pending
      """;

  private final DataSource database;
  private final RollupProperties properties;
  private final Fold fold;
  private final Expiry expiry;
  private long expireAt = System.nanoTime();
  private int most;

  // Written by the thread, read by whoever looks at the meters.
  private final AtomicLong folded = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong early = new AtomicLong();
  private final AtomicLong unnamed = new AtomicLong();
  private final AtomicLong setAside = new AtomicLong();
  private volatile long upToDateAt = System.nanoTime();

  /** The rollups in this database. */
  public Rollups(DataSource database, RollupProperties properties) {
    this.database = database;
    this.properties = properties;
    this.most = properties.foldEvents();
    this.fold = new Fold(properties);
    this.expiry = new Expiry(database, properties.keep());
  }

  /** Events this one has added up since the start. */
  public long folded() {
    return folded.get();
  }

  /** Events that it left out because they happened too long ago. */
  public long late() {
    return late.get();
  }

  /** Events that it left out because they are still to happen. */
  public long early() {
    return early.get();
  }

  /** Events that it left out because their names are too long. */
  public long unnamed() {
    return unnamed.get();
  }

  /** Batches that it left out because their events cannot be added up. */
  public long setAside() {
    return setAside.get();
  }

  /** In seconds: events stored before that are in the rollups. Grows while Postgres is away. */
  public double lag() {
    return (System.nanoTime() - upToDateAt) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  @Override
  public Duration take() throws SQLException {
    return round() ? properties.foldInterval() : Duration.ZERO;
  }

  /** Answers whether there is nothing more to do by now. */
  boolean round() throws SQLException {
    boolean isAll = fold();
    upToDateAt = System.nanoTime() - lagNanos();
    if (System.nanoTime() - expireAt >= 0) {
      boolean isAllExpired = expiry.deleteSlices();
      isAll &= isAllExpired;
      expireAt = System.nanoTime() + (isAllExpired ? EXPIRE_EVERY.toNanos() : 0);
    }
    return isAll;
  }

  /** What fails is tried again with fewer events, down to the batch that is to blame. */
  private boolean fold() throws SQLException {
    Fold.Done done;
    try {
      done = Transaction.run(database, connection -> fold.run(connection, most));
    } catch (SQLException | RuntimeException e) {
      if (most == 1 && isOfTheEvents(e)) {
        setAside(e);
      }
      most = Math.max(1, most / 2);
      throw e;
    }
    most = Math.min(properties.foldEvents(), most * 2);
    folded.addAndGet(done.folded());
    late.addAndGet(done.late());
    early.addAndGet(done.early());
    unnamed.addAndGet(done.unnamed());
    return done.isAll();
  }

  /** And not of a server that is away, slow or stopped. */
  private static boolean isOfTheEvents(Exception e) {
    return !(e instanceof SQLException failure)
        || (failure.getSQLState() != null && failure.getSQLState().startsWith(DATA_EXCEPTION));
  }

  private void setAside(Exception cause) throws SQLException {
    Transaction.run(database, fold::setAside)
        .ifPresent(
            batch -> {
              setAside.incrementAndGet();
              log.error(
                  "analytics_event with batch = {} cannot be added up and is left out",
                  batch,
                  cause);
            });
  }

  private long lagNanos() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement select = connection.prepareStatement(LAG);
        ResultSet rows = select.executeQuery()) {
      rows.next();
      return TimeUnit.MILLISECONDS.toNanos(rows.getLong(1));
    }
  }
}
