package io.taskfleet.gateway.security;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A row of the table of keys.
 *
 * @param hash SHA-256 of the key
 * @param scopes labels of {@link Scope}
 * @param ratePerMinute the key's own rate limit
 */
@Table("api_key")
@SuppressWarnings("ArrayRecordComponent") // never compared
record ApiKey(
    @Id UUID id,
    String tenant,
    String name,
    byte[] hash,
    String[] scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Integer ratePerMinute) {

  /** Whom the key stands for, unless it has been revoked. */
  Optional<Caller> caller() {
    return revokedAt == null
        ? Optional.of(new Caller(id, tenant, grantedScopes(), expiresAt, ratePerMinute, null))
        : Optional.empty();
  }

  Set<Scope> grantedScopes() {
    Set<Scope> granted = EnumSet.noneOf(Scope.class);
    Arrays.stream(scopes).flatMap(label -> Scope.named(label).stream()).forEach(granted::add);
    return Set.copyOf(granted);
  }

  ApiKey revokedAt(Instant now) {
    return new ApiKey(id, tenant, name, hash, scopes, createdAt, expiresAt, now, ratePerMinute);
  }

  /** The same key, good no longer than this. */
  ApiKey expiringBy(Instant end) {
    Instant expires = expiresAt == null || end.isBefore(expiresAt) ? end : expiresAt;
    return new ApiKey(id, tenant, name, hash, scopes, createdAt, expires, revokedAt, ratePerMinute);
  }
}
