package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.batch.BatchRows.ResultPage;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Downloads the results of a batch, however many there are: a page at a time, and no connection to
 * Postgres is kept while the caller reads.
 */
@RestController
final class ResultsController {
  private static final UUID FIRST = new UUID(0, 0);
  private static final int BUFFER = 16 << 10;

  private final BatchReader reader;
  private final BatchRows rows;
  private final BatchProperties properties;

  ResultsController(BatchReader reader, BatchRows rows, BatchProperties properties) {
    this.reader = reader;
    this.rows = rows;
    this.properties = properties;
  }

  /** A download that broke off when it had begun; the connection is closed, so that it shows. */
  static final class BrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenOffException(Exception cause) {
      super("a download broke off", cause, false, false);
    }
  }

  @GetMapping(BatchLinks.BATCHES + "/{id}/results")
  @RequiresScope(Scope.TASKS_READ)
  void download(
      @PathVariable String id,
      @KnownParameters("format") QueryParameters query,
      Caller caller,
      HttpServletResponse response) {
    ResultFormat as =
        query
            .oneOf("format", List.of(ResultFormat.values()), ResultFormat::label)
            .orElse(ResultFormat.NDJSON);
    UUID batch = reader.find(caller.tenant(), id).id();
    ResultPage page = rows.results(caller.tenant(), batch, FIRST, properties.page());
    response.setContentType(as.mediaType());
    response.setHeader(
        "Content-Disposition", "attachment; filename=\"batch-" + batch + '.' + as.label() + '"');
    response.setHeader("Cache-Control", "no-store");
    try {
      OutputStream out = new BufferedOutputStream(response.getOutputStream(), BUFFER);
      out.write(as.head());
      write(page, as, out);
      while (!page.isLast()) {
        UUID last = page.results().getLast().id();
        page = rows.results(caller.tenant(), batch, last, properties.page());
        write(page, as, out);
      }
      // Closed by the container, and not when it has broken off: that would make it look whole.
      out.flush();
    } catch (IOException | ProblemException e) {
      throw new BrokenOffException(e);
    }
  }

  private static void write(ResultPage page, ResultFormat as, OutputStream out) throws IOException {
    for (TaskResult each : page.results()) {
      out.write(as.line(each));
    }
  }

  /** Left to the container, which closes the connection: nothing may follow what was written. */
  @ExceptionHandler
  @SuppressWarnings("DoNotCallSuggester") // Spring calls it
  void breakOff(BrokenOffException e) {
    throw e;
  }
}
