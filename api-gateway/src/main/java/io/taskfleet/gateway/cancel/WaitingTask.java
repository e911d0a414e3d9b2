package io.taskfleet.gateway.cancel;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.taskfleet.gateway.submit.JsonSpan;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.StrictJson;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A task as Redis holds it, as far as its row needs it.
 *
 * @param payload where the payload stands: workers compare it byte by byte with that of the record
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record WaitingTask(
    UUID id,
    String tenant,
    String type,
    TaskState state,
    Priority priority,
    String key,
    @Nullable Integer maxAttempts,
    @Nullable JsonSpan payload,
    Instant createdAt,
    @Nullable Instant runAt,
    @Nullable Tags tags,
    @Nullable UUID batchId) {

  /** The task in this status, if it is one of ours. */
  static Optional<WaitingTask> read(byte[] status) {
    try {
      return Optional.of(StrictJson.mapper().readValue(status, WaitingTask.class));
    } catch (JacksonException notOurs) {
      return Optional.empty();
    }
  }
}
