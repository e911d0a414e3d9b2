package io.taskfleet.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A notification in a user's inbox. */
public record InboxNotification(
    UUID id,
    @Nullable String title,
    String message,
    @Nullable JsonNode data,
    Instant createdAt,
    @Nullable Instant readAt) {}
