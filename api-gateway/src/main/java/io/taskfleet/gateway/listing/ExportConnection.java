package io.taskfleet.gateway.listing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of one export. A background task takes it away from an export that takes too long
 * or stands still: the thread of the export may hang in a write to a client that hardly reads.
 */
final class ExportConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExportConnection.class);
  private static final long CHECK_MILLIS = 500;

  private final Connection connection;
  private final ListingProperties properties;
  private final Runnable afterwards;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final long beganNanos = System.nanoTime();
  private final ScheduledFuture<?> guard;
  // Written by the export's thread, read by the guard.
  private volatile long progressNanos = beganNanos;

  /**
   * Guards this connection.
   *
   * @param afterwards what is done once when the connection is free again
   */
  ExportConnection(
      Connection connection,
      ListingProperties properties,
      ScheduledExecutorService background,
      Runnable afterwards) {
    this.connection = connection;
    this.properties = properties;
    this.afterwards = afterwards;
    guard =
        background.scheduleWithFixedDelay(
            this::endIfLate, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The rows, a few of them in memory at a time. The result set closes its statement. */
  ResultSet query(Selection.Statement selection) throws SQLException {
    int patience = Math.toIntExact(properties.stalledExport().toMillis());
    // The pool gives it back its own.
    connection.setNetworkTimeout(Runnable::run, patience);
    connection.setReadOnly(true);
    // Without a transaction the driver reads everything at once.
    connection.setAutoCommit(false);
    try (Statement settings = connection.createStatement()) {
      // Of each portion, not of the whole. A sort would be one of all the rows, before the first.
      settings.execute(
          "set local statement_timeout = %d; set local enable_sort = off".formatted(patience));
    }
    PreparedStatement select = connection.prepareStatement(selection.sql());
    select.closeOnCompletion();
    select.setFetchSize(properties.exportRows());
    for (int i = 0; i < selection.values().size(); i++) {
      select.setObject(i + 1, selection.values().get(i));
    }
    return select.executeQuery();
  }

  /** Says that the export has come on. */
  void progress() {
    progressNanos = System.nanoTime();
  }

  private void endIfLate() {
    long now = System.nanoTime();
    if (now - beganNanos > properties.longestExport().toNanos()
        || now - progressNanos > properties.stalledExport().toNanos()) {
      LOG.warn("An export took too long or stood still; its connection is taken away");
      try {
        // The pool drops it. To close it alone would wait for what it is doing.
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.warn("The connection of an export cannot be aborted: {}", e.toString());
      }
      close();
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    guard.cancel(false);
    try {
      connection.close();
    } catch (SQLException gone) {
      LOG.debug("The connection of an export was gone: {}", gone.toString());
    } finally {
      afterwards.run();
    }
  }
}
