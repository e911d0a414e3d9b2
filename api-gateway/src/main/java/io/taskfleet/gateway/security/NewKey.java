package io.taskfleet.gateway.security;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an API key is to be like.
 *
 * @param name for people to recognise it by
 * @param ratePerMinute requests a minute, if not as many as is the default
 */
public record NewKey(
    String name, Set<Scope> scopes, @Nullable Integer ratePerMinute, @Nullable Instant expiresAt) {
  private static final int LONGEST_NAME = 100;

  static NewKey like(ApiKey key) {
    return new NewKey(key.name(), key.grantedScopes(), key.ratePerMinute(), key.expiresAt());
  }

  String[] labels() {
    return scopes.stream().sorted().map(Scope::label).toArray(String[]::new);
  }

  void check(Instant now) {
    if (name.isBlank()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.refused(
          "/name", "must have 1 to " + LONGEST_NAME + " characters on one line");
    }
    if (scopes.isEmpty()) {
      throw ProblemException.refused("/scopes", "must name at least one scope");
    }
    if (ratePerMinute != null && ratePerMinute < 1) {
      throw ProblemException.refused("/rate_per_minute", "must be above zero");
    }
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw ProblemException.refused("/expires_at", "must lie in the future");
    }
  }
}
