package io.taskfleet.handler.test;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task as it stands in Postgres.
 *
 * @param state {@code succeeded}, {@code retrying}, {@code deferred} or {@code dead}; {@code
 *     scheduled} or {@code queued} for one that follows
 * @param attempts how many have been spent
 * @param result JSON
 * @param errorCode why the last attempt did not succeed: a reason code for a dead task, else the
 *     kind of failure
 * @param dueAt when the next attempt may be made, if there is one
 */
public record Recorded(
    String type,
    String payload,
    String state,
    int attempts,
    @Nullable String result,
    @Nullable String errorCode,
    @Nullable String errorDetail,
    @Nullable Instant dueAt) {}
