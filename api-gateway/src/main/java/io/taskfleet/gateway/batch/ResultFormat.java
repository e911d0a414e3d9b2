package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.TaskError;
import io.taskfleet.wire.StrictJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How results are written, a line each. */
enum ResultFormat {
  /** A JSON object a line. */
  NDJSON("application/x-ndjson") {
    @Override
    byte[] head() {
      return new byte[0];
    }

    @Override
    byte[] line(TaskResult result) {
      byte[] json = StrictJson.mapper().writeValueAsBytes(result);
      byte[] line = Arrays.copyOf(json, json.length + 1);
      line[json.length] = '\n';
      return line;
    }
  },

  /** RFC 4180, with a head, and nothing that a spreadsheet would take for a formula. */
  CSV("text/csv;charset=utf-8") {
    @Override
    byte[] head() {
      return "id,type,state,key,attempt,result,error_code,error_class,error_detail,finished_at\r\n"
          .getBytes(UTF_8);
    }

    @Override
    byte[] line(TaskResult result) {
      TaskError error = result.error();
      List<@Nullable Object> cells = new ArrayList<>();
      cells.add(result.id());
      cells.add(result.type());
      cells.add(result.state().label());
      cells.add(result.key());
      cells.add(result.attempt());
      cells.add(result.result() == null ? null : result.result().text());
      cells.add(error == null ? null : error.code());
      cells.add(error == null ? null : error.errorClass());
      cells.add(error == null ? null : error.detail());
      cells.add(result.finishedAt());
      return (String.join(",", cells.stream().map(ResultFormat::cell).toList()) + "\r\n")
          .getBytes(UTF_8);
    }
  };

  private final String mediaType;

  ResultFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /** The name that callers use. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What comes first. */
  abstract byte[] head();

  /** One result with the end of its line. */
  abstract byte[] line(TaskResult result);

  /** A spreadsheet takes what begins like a formula for one (OWASP: CSV injection). */
  static String cell(@Nullable Object value) {
    String text = value == null ? "" : value.toString();
    String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
