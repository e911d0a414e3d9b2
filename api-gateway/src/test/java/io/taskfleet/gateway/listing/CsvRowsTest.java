package io.taskfleet.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {
  private static final UUID ID = new UUID(1, 2);

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+49", "-1", "@SUM(A1)", "\tx", "\rx"})
  void keepsSpreadsheetsFromRunningACell(String text) {
    assertThat(CsvRows.cell(text)).isEqualTo("'" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1=1", "'=1", " =1", "{\"a\":1}"})
  void leavesOtherTextAsItIs(String text) {
    assertThat(CsvRows.cell(text)).isEqualTo(text);
  }

  @Test
  void writesAHeaderAndQuotesWhatNeedsIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CsvRows rows = new CsvRows(out);
    rows.write(task("=cmd|'/c calc'!A1", "said \"no\",\r\nand hung up"));
    rows.end();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "id,type,state,priority,key,attempt,max_attempts,tags,batch_id,error_code,error_class,"
                + "error_detail,created_at,run_at,due_at,started_at,finished_at,payload,result\r\n"
                + ID
                + ",email,dead,normal,'=cmd|'/c calc'!A1,3,,a b,,RETRIES_EXHAUSTED,transient,"
                + "\"said \"\"no\"\",  and hung up\",2026-01-02T03:04:05Z,,,,,"
                + "\"{\"\"a\"\":\"\"ü\"\"}\",\r\n");
  }

  private static TaskView task(String key, String detail) {
    TaskStatus status =
        new TaskStatus(
            ID,
            "acme",
            "email",
            TaskState.DEAD,
            Priority.NORMAL,
            key,
            3,
            null,
            new RawJson("{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8)),
            null,
            new TaskError("RETRIES_EXHAUSTED", detail, "transient"),
            Tags.parse("a,b"),
            null,
            Instant.parse("2026-01-02T03:04:05Z"),
            null,
            null,
            null,
            null,
            null);
    return TaskView.of(status);
  }
}
