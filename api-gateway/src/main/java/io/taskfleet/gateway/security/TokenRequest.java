package io.taskfleet.gateway.security;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.DurationText;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/tokens}.
 *
 * @param expiresIn how long the token is to be good
 * @param scopes labels of {@link Scope}
 */
record TokenRequest(
    @Nullable String userId, @Nullable String expiresIn, @Nullable List<@Nullable String> scopes) {
  private static final int LONGEST_USER = 128;
  private static final int MOST_SCOPES = 100;
  private static final Duration LONGEST_LIFE = Duration.ofHours(1);

  String checkedUser() {
    if (userId == null) {
      throw ProblemException.refused("/user_id", "must not be null");
    }
    if (userId.isBlank()
        || userId.length() > LONGEST_USER
        || userId.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw ProblemException.refused(
          "/user_id", "must have 1 to " + LONGEST_USER + " visible ASCII characters");
    }
    return userId;
  }

  Duration life() {
    if (expiresIn == null) {
      return LONGEST_LIFE;
    }
    Optional<Duration> life = DurationText.parse(expiresIn);
    if (life.isEmpty() || life.get().toSeconds() < 1 || life.get().compareTo(LONGEST_LIFE) > 0) {
      throw ProblemException.refused("/expires_in", "must be a duration of 1s to 1h");
    }
    return life.get();
  }

  /** What the token may do: some of what the key may. */
  Set<Scope> scopesOutOf(Set<Scope> granted) {
    if (scopes == null || scopes.isEmpty()) {
      throw ProblemException.refused("/scopes", "must name at least one scope");
    }
    if (scopes.size() > MOST_SCOPES) {
      throw ProblemException.refused("/scopes", "must name at most " + MOST_SCOPES + " scopes");
    }
    Set<Scope> wanted = EnumSet.noneOf(Scope.class);
    List<Violation> errors = new ArrayList<>();
    for (int i = 0; i < scopes.size(); i++) {
      String label = scopes.get(i);
      Optional<Scope> scope = label == null ? Optional.empty() : Scope.named(label);
      if (scope.isPresent() && granted.contains(scope.get())) {
        wanted.add(scope.get());
      } else {
        errors.add(
            new Violation(
                "/scopes/" + i,
                ReasonCode.VALIDATION_FAILED,
                "must be one of the API key's own scopes"));
      }
    }
    if (!errors.isEmpty()) {
      throw ProblemException.refused(errors);
    }
    return Set.copyOf(wanted);
  }
}
