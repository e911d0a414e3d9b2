package io.taskfleet.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody your tasks are for. */
public record User(
    UUID id,
    String email,
    String name,
    @Nullable String locale,
    @Nullable String zone,
    UserStatus status,
    Instant createdAt,
    @Nullable Instant updatedAt) {}
