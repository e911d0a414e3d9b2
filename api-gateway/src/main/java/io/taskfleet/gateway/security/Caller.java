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
 * @param keyId the API key's id, which may be logged, as the key may not; of a token, the key it
 *     was made with
 * @param expiresAt when the key or token stops being good
 * @param ratePerMinute the key's own rate limit
 * @param user whom a token stands for; a key stands for nobody in particular
 */
public record Caller(
    UUID keyId,
    String tenant,
    Set<Scope> scopes,
    @Nullable Instant expiresAt,
    @Nullable Integer ratePerMinute,
    @Nullable String user) {
  private static final String ATTRIBUTE = Caller.class.getName();

  /** Who sent this request, if that is known. */
  public static Optional<Caller> of(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Caller caller
        ? Optional.of(caller)
        : Optional.empty();
  }

  void attachTo(ServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  boolean isGoodAt(Instant now) {
    return expiresAt == null || now.isBefore(expiresAt);
  }
}
