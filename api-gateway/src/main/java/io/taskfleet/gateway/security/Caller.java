package io.taskfleet.gateway.security;

import jakarta.servlet.ServletRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param keyId the API key's id, which may be logged, as the key may not
 * @param keyExpiresAt when the key stops being good
 */
public record Caller(UUID keyId, String tenant, Set<Scope> scopes, @Nullable Instant keyExpiresAt) {
  private static final String ATTRIBUTE = Caller.class.getName();

  static Optional<Caller> of(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Caller caller
        ? Optional.of(caller)
        : Optional.empty();
  }

  void attachTo(ServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  boolean isGoodAt(Instant now) {
    return keyExpiresAt == null || now.isBefore(keyExpiresAt);
  }
}
