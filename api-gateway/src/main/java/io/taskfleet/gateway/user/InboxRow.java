package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A notification in a user's inbox.
 *
 * @param data JSON
 */
@Table("inbox_notification")
record InboxRow(
    @Id UUID id,
    @Nullable String title,
    String message,
    @Nullable String data,
    Instant createdAt,
    @Nullable Instant readAt) {}
