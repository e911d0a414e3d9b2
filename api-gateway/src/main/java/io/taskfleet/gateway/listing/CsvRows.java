package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A header and a record for each task (RFC 4180). Spreadsheets run a cell that begins like a
 * formula, and callers choose keys, tags and what receivers answer: such a cell gets an apostrophe
 * in front (OWASP, CSV injection).
 */
final class CsvRows implements TaskWriter {
  private static final String FORMULA_STARTS = "=+-@\t\r";
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader(
              "id",
              "type",
              "state",
              "priority",
              "key",
              "attempt",
              "max_attempts",
              "tags",
              "batch_id",
              "error_code",
              "error_class",
              "error_detail",
              "created_at",
              "run_at",
              "due_at",
              "started_at",
              "finished_at",
              "payload",
              "result")
          .get();

  private final CSVPrinter rows;

  CsvRows(OutputStream out) throws IOException {
    rows = new CSVPrinter(new OutputStreamWriter(out, StandardCharsets.UTF_8), FORMAT);
  }

  @Override
  public void write(TaskView task) throws IOException {
    TaskError error = task.error();
    rows.printRecord(
        task.id(),
        cell(task.type()),
        task.state().label(),
        task.priority().label(),
        cell(task.key()),
        task.attempt(),
        task.maxAttempts(),
        cell(joined(task.tags())),
        task.batchId(),
        cell(error == null ? null : error.code()),
        cell(error == null ? null : error.errorClass()),
        cell(error == null ? null : error.detail()),
        task.createdAt(),
        task.runAt(),
        task.dueAt(),
        task.startedAt(),
        task.finishedAt(),
        cell(text(task.payload())),
        cell(text(task.result())));
  }

  @Override
  public void end() throws IOException {
    rows.flush();
  }

  static @Nullable String cell(@Nullable String text) {
    return text == null || text.isEmpty() || FORMULA_STARTS.indexOf(text.charAt(0)) < 0
        ? text
        : '\'' + text;
  }

  private static @Nullable String joined(@Nullable Tags tags) {
    return tags == null ? null : String.join(" ", tags.list());
  }

  private static @Nullable String text(@Nullable RawJson json) {
    return json == null ? null : json.text();
  }
}
