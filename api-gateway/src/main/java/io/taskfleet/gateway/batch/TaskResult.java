package io.taskfleet.gateway.batch;

import io.taskfleet.task.RawJson;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a task of a batch ended. */
record TaskResult(
    UUID id,
    String type,
    TaskState state,
    String key,
    int attempt,
    @Nullable RawJson result,
    @Nullable TaskError error,
    @Nullable Instant finishedAt) {}
