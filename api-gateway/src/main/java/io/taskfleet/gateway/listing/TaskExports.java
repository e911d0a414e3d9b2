package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.status.TaskRows;
import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.gateway.web.ProblemException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.apache.coyote.CloseNowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/** Writes any number of tasks into a response, few of them at a time in memory. */
final class TaskExports {
  private static final Logger LOG = LoggerFactory.getLogger(TaskExports.class);
  private static final int BUSY_SECONDS = 10;

  private final DataSource database;
  private final Turns turns;
  private final ListingProperties properties;
  private final ScheduledExecutorService background;
  private final Semaphore free;

  TaskExports(
      DataSource database,
      Turns turns,
      ListingProperties properties,
      ScheduledExecutorService background) {
    this.database = database;
    this.turns = turns;
    this.properties = properties;
    this.background = background;
    this.free = new Semaphore(properties.exportsAtOnce());
  }

  /**
   * Writes all tasks that are selected.
   *
   * @throws ProblemException if Postgres does not answer, or enough exports run; the response has
   *     not begun then
   * @throws CloseNowException if not all of them could be written; the connection must be cut
   */
  void write(Selection selection, ExportFormat format, HttpServletResponse response)
      throws IOException {
    boolean begun = false;
    try (ExportConnection connection = open();
        ResultSet rows = connection.query(selection.all(TaskRows.COLUMNS))) {
      boolean more = rows.next();
      begin(response, format);
      begun = true;
      TaskWriter writer = format.writer(response.getOutputStream());
      for (; more; more = rows.next()) {
        writer.write(TaskView.of(TaskRows.read(rows)));
        connection.progress();
      }
      writer.end();
    } catch (SQLException e) {
      if (begun) {
        throw cutOff(e);
      }
      throw turns.away();
    } catch (RuntimeException e) {
      if (begun) {
        throw cutOff(e);
      }
      throw e;
    }
  }

  private ExportConnection open() throws SQLException {
    if (!free.tryAcquire()) {
      throw ProblemException.unavailable("as many exports run as may at once", BUSY_SECONDS);
    }
    try {
      Connection connection = database.getConnection();
      return new ExportConnection(connection, properties, background, free::release);
    } catch (SQLException | RuntimeException e) {
      free.release();
      throw e;
    }
  }

  private static void begin(HttpServletResponse response, ExportFormat format) throws IOException {
    response.setContentType(format.mediaType());
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + format.fileName() + '"');
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    // From here on there is no other answer.
    response.flushBuffer();
  }

  private static IOException cutOff(Exception e) {
    LOG.warn("An export is cut off: {}", e.toString());
    return new CloseNowException(e);
  }
}
