package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A user with its profile.
 *
 * @param status label of {@link UserStatus}
 */
@Table("app_user")
record UserRow(
    @Id UUID id,
    String tenant,
    String email,
    String name,
    @Nullable String locale,
    @Nullable String zone,
    String status,
    Instant createdAt,
    Instant updatedAt) {

  UserRow changedTo(UserDocument document, Instant at) {
    return new UserRow(
        id,
        tenant,
        document.email(),
        document.name(),
        document.locale(),
        document.zone(),
        document.status().label(),
        createdAt,
        at);
  }
}
