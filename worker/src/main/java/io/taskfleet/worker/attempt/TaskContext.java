package io.taskfleet.worker.attempt;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the attempt it makes.
 *
 * @param id the stable identity under which effects outside must be idempotent
 * @param attempt this attempt's number, from 1
 * @param createdAt when the task was submitted
 * @param deadline when this attempt will be interrupted
 * @param traceparent W3C trace context to pass on: this attempt's, or the submitter's if the
 *     attempt is not traced
 */
public record TaskContext(
    UUID id,
    String tenant,
    int attempt,
    Instant createdAt,
    Instant deadline,
    @Nullable String traceparent) {}
