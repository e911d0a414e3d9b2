package io.taskfleet.gateway.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.destination.Destinations;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.wire.PayloadReader;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TaskReaderTest {
  private static final PayloadReader PAYLOADS = new PayloadReader();
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Origin ORIGIN = new Origin(new UUID(1, 2), "acme", NOW, "00-trace");

  private final TaskReader reader =
      new TaskReader(PAYLOADS, TypeCatalog.ofBuiltInTypes(PAYLOADS), Destinations.PUBLIC);

  @AfterAll
  static void closeValidator() {
    PAYLOADS.close();
  }

  @Test
  void passesThePayloadOnByteForByte() {
    String payload = "{ \"name\":\"a\" ,\n \"value\": 1.50, \"user_id\":\"\\u00e4ü€\" }";

    Task task = read("{\"payload\":  " + payload + "  ,\"type\":\"analytics\"}");

    assertThat(new String(task.payload(), UTF_8)).isEqualTo(payload);
  }

  @Test
  void keysByTheRecipientUnlessTheCallerNamesAKey() {
    assertThat(analytics("\"user_id\":\"u1\"", "").key()).isEqualTo("u1");
    assertThat(analytics("\"user_id\":\"u1\"", ",\"key\":\"mine\"").key()).isEqualTo("mine");
    assertThat(analytics("\"value\":1", "").key()).isEqualTo(ORIGIN.id().toString());
  }

  @Test
  void readsTheCallersWishes() {
    Task task =
        analytics(
            "\"value\":1",
            ",\"priority\":\"high\",\"delay\":\"5m\",\"expires_at\":\"2026-11-21T14:00:00+01:00\","
                + "\"max_attempts\":3,\"timeout\":\"PT10S\",\"tags\":[\"a\",\"b:1\"],"
                + "\"callback_url\":\"https://example.com/ended\"");

    assertThat(task.priority()).isEqualTo(Priority.HIGH);
    assertThat(task.options())
        .isEqualTo(
            new Task.Options(
                3,
                Duration.ofSeconds(10),
                NOW.plus(Duration.ofMinutes(5)),
                Instant.parse("2026-11-21T13:00:00Z"),
                Tags.parse("a,b:1"),
                "https://example.com/ended"));
  }

  @Test
  void runsATaskOfThePastNow() {
    assertThat(analytics("\"value\":1", ",\"run_at\":\"2026-11-21T11:00:00Z\"").options())
        .isEqualTo(Task.Options.NONE);
  }

  private Task analytics(String field, String wishes) {
    return read(
        "{\"type\":\"analytics\",\"payload\":{\"name\":\"a\"," + field + "}" + wishes + "}");
  }

  private Task read(String body) {
    return reader.readTask(body.getBytes(UTF_8), ORIGIN);
  }
}
