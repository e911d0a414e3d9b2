package io.taskfleet.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a task of a batch ended. */
public record TaskResult(
    UUID id,
    String type,
    TaskState state,
    @Nullable String key,
    int attempt,
    @Nullable JsonNode result,
    @Nullable TaskError error,
    @Nullable Instant finishedAt) {}
