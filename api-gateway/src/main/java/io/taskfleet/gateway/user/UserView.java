package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A user as its caller reads it: the row without the tenant, and where to go next. */
record UserView(
    UUID id,
    String email,
    String name,
    @Nullable String locale,
    @Nullable String zone,
    UserStatus status,
    Instant createdAt,
    Instant updatedAt,
    UserLinks links) {

  static UserView of(UserRow row) {
    return new UserView(
        row.id(),
        row.email(),
        row.name(),
        row.locale(),
        row.zone(),
        UserStatus.of(row.status()),
        row.createdAt(),
        row.updatedAt(),
        UserLinks.of(row.id()));
  }
}
