package io.taskfleet.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What makes a task each time it fires. One of {@code cron}, {@code every} and {@code at} says
 * when.
 *
 * @param task what is submitted
 * @param nextFireAt null if it will not fire any more, or is disabled
 */
public record Schedule(
    UUID id,
    String name,
    @Nullable String cron,
    @Nullable String zone,
    @Nullable String every,
    @Nullable Instant at,
    CatchUp catchUp,
    boolean enabled,
    JsonNode task,
    Instant createdAt,
    @Nullable Instant updatedAt,
    @Nullable Instant nextFireAt,
    @Nullable Instant lastFiredAt,
    @Nullable UUID lastTaskId) {}
