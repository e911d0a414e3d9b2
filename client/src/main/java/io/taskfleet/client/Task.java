package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A task as it stood when the gateway was asked.
 *
 * @param attempt attempts spent so far
 * @param payload what it is to do; absent in lists
 * @param result what it came to, if it succeeded; absent in lists
 * @param error why it has not succeeded, if an attempt failed
 * @param dueAt when it is tried next, if it waits for that
 */
public record Task(
    UUID id,
    String type,
    TaskState state,
    @Nullable Priority priority,
    @Nullable String key,
    int attempt,
    @Nullable Integer maxAttempts,
    @Nullable JsonNode payload,
    @Nullable JsonNode result,
    @Nullable TaskError error,
    @Nullable List<String> tags,
    @Nullable UUID batchId,
    Instant createdAt,
    @Nullable Instant runAt,
    @Nullable Instant dueAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt) {

  /** Whether the task has ended. */
  @JsonIgnore
  public boolean isFinal() {
    return state.isFinal();
  }

  /**
   * The result as an object of this type.
   *
   * @throws IllegalStateException if there is no result
   */
  public <T> T resultAs(Class<T> resultType) {
    if (result == null) {
      throw new IllegalStateException("Task " + id + " has no result: it is " + state);
    }
    return Json.convert(result, resultType);
  }
}
