package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.RawJson;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A notification in an inbox, as its caller reads it. */
record NotificationView(
    UUID id,
    @Nullable String title,
    String message,
    @Nullable RawJson data,
    Instant createdAt,
    @Nullable Instant readAt) {

  static NotificationView of(InboxRow row) {
    String data = row.data();
    return new NotificationView(
        row.id(),
        row.title(),
        row.message(),
        data == null ? null : new RawJson(data.getBytes(UTF_8)),
        row.createdAt(),
        row.readAt());
  }
}
