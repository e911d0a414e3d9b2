package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.gateway.web.ProblemException;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenRequestTest {

  /** A body holds as many, and to say of each that it is wrong takes thirty times as much. */
  @Test
  void answersWithLessThanItWasAskedFor() {
    TokenRequest request = new TokenRequest("ada", null, Collections.nCopies(250_000, "x"));

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> request.scopesOutOf(Set.of(Scope.USERS)))
        .satisfies(
            refusal ->
                assertThat(refusal.errors())
                    .singleElement()
                    .satisfies(error -> assertThat(error.pointer()).isEqualTo("/scopes")));
  }
}
