package io.taskfleet.gateway.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as it is stored.
 *
 * @param keys those that sign now, newest first
 */
record Endpoint(
    UUID id,
    Owned owned,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Disabled disabled,
    @Nullable Failing failing,
    List<Key> keys) {

  /**
   * What its owner says of it.
   *
   * @param userId whose notifications go here too
   */
  record Owned(String url, @Nullable String description, @Nullable UUID userId) {}

  /**
   * That it is not called.
   *
   * @param because {@code gone}, {@code failing} or {@code owner}
   */
  record Disabled(Instant at, String because) {}

  /**
   * That no call has succeeded of late.
   *
   * @param last what the last one came to
   */
  record Failing(Instant since, @Nullable String last) {}

  /**
   * A key, without its secret.
   *
   * @param expiresAt null for the newest
   */
  record Key(UUID id, Instant createdAt, @Nullable Instant expiresAt) {}

  Endpoint with(List<Key> signing) {
    return new Endpoint(id, owned, createdAt, updatedAt, disabled, failing, signing);
  }
}
