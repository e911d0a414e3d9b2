package io.taskfleet.gateway.security;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Instant;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes tokens for users, whose browsers are not to know the API key. */
@RestController
final class TokenController {
  private final Tokens tokens;

  TokenController(Tokens tokens) {
    this.tokens = tokens;
  }

  record Answer(String token, String tokenType, Instant expiresAt) {}

  @PostMapping(
      path = "/v1/tokens",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> issue(JsonBody body, Caller caller) {
    if (caller.user() != null) {
      throw ProblemException.of(
          ProblemType.MISSING_SCOPE, "tokens are made with an API key, not with a token");
    }
    TokenRequest request = JsonBody.read(body.utf8(), TokenRequest.class);
    Tokens.Token token =
        tokens.issue(
            caller, request.checkedUser(), request.scopesOutOf(caller.scopes()), request.life());
    return JsonAnswer.ok(new Answer(token.text(), "Bearer", token.expiresAt()));
  }
}
