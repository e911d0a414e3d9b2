package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateProbeTest {

  @ParameterizedTest
  @EnumSource
  void knowsWhichStatesAreFinal(TaskState state) {
    byte[] json = StrictJson.mapper().writeValueAsBytes(status(state));

    assertThat(StateProbe.hasEnded(json)).isEqualTo(state.isTerminal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "{}", "{\"state\":", "{\"state\":\"gone\"}", "{\"a\":{"})
  void takesWhatItCannotReadForUnfinished(String json) {
    assertThat(StateProbe.hasEnded(json.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  private static TaskStatus status(TaskState state) {
    RawJson payload = new RawJson("{\"state\":\"dead\"}".getBytes(StandardCharsets.UTF_8));
    Instant now = Instant.EPOCH;
    return new TaskStatus(
        new UUID(1, 2),
        "default",
        "email",
        state,
        Priority.NORMAL,
        "k",
        1,
        null,
        payload,
        null,
        null,
        null,
        null,
        now,
        null,
        null,
        null,
        null,
        null);
  }
}
