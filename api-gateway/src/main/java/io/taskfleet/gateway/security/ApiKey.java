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
    @Nullable Instant revokedAt) {

  /** Whom the key stands for, unless it has been revoked. */
  Optional<Caller> caller() {
    if (revokedAt != null) {
      return Optional.empty();
    }
    Set<Scope> granted = EnumSet.noneOf(Scope.class);
    Arrays.stream(scopes).flatMap(label -> Scope.named(label).stream()).forEach(granted::add);
    return Optional.of(new Caller(id, tenant, Set.copyOf(granted), expiresAt));
  }
}
