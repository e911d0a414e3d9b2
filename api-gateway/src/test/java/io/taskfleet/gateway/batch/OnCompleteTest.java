package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.submit.TestTaskReader;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.PayloadReader;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OnCompleteTest {
  private static final UUID BATCH = new UUID(1, 2);
  private static final Submitter BY =
      new Submitter("acme", new IdempotencyKey(null), "00-trace", Clock.systemUTC());

  /** Else the batch would never end. */
  @Test
  void aWorkerTakesTheClosingOfABatchThatALongUrlIsToldOf() throws Exception {
    String url = "https://hooks.example.com/" + "x".repeat(400);
    Task next =
        read(
            TestTaskReader.create(),
            "{\"type\":\"notification\",\"payload\":{\"message\":\"m\",\"url\":\"" + url + "\"}}");

    BatchPayload closing = closing(next);

    assertThat(Objects.requireNonNull(closing.onComplete()).key()).isEqualTo(url);
  }

  @Test
  void keepsTheTagsAndTheCallback() throws Exception {
    Task next =
        read(
            TestTaskReader.create(),
            "{\"type\":\"analytics\",\"payload\":{\"name\":\"n\"},\"tags\":[\"a\",\"b\"],"
                + "\"callback_url\":\"https://example.com/ended\"}");

    String closing = new String(Closing.of(BATCH, 1, next, BY).payload(), UTF_8);

    assertThat(closing)
        .contains("\"tags\":[\"a\",\"b\"]", "\"callback_url\":\"https://example.com/ended\"");
    assertThat(closing(next)).isNotNull();
  }

  @Test
  void isNotRefusedWhenNobodyCanSayWhetherThereIsItsType() {
    assertThatThrownBy(
            () -> read(TestTaskReader.ofUncertainTypes(), "{\"type\":\"invoice\",\"payload\":{}}"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("it cannot be said");
  }

  private static Task read(TaskReader reader, String json) {
    return OnComplete.read(reader, json.getBytes(UTF_8), BY.of(new UUID(3, 4)));
  }

  private static BatchPayload closing(Task next) throws Exception {
    try (PayloadReader payloads = new PayloadReader()) {
      return payloads.read(BuiltInTypes.BATCH, Closing.of(BATCH, 1, next, BY).payload());
    }
  }
}
