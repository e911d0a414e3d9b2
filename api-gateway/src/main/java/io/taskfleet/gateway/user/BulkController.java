package io.taskfleet.gateway.user;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.user.NewUser.Origin;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.gateway.web.TraceContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes and changes many users at once. */
@RestController
final class BulkController {
  private static final String LINES = "application/x-ndjson";

  private final UserImport imports;
  private final Users users;
  private final UserBodies bodies;

  BulkController(UserImport imports, Users users, UserBodies bodies) {
    this.imports = imports;
    this.users = users;
    this.bodies = bodies;
  }

  @PostMapping(
      path = UserLinks.USERS + ":import",
      consumes = LINES,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> importLines(
      HttpServletRequest request,
      IdempotencyKey key,
      @KnownParameters("welcome") QueryParameters query,
      Caller caller,
      TraceContext trace)
      throws IOException {
    if (request.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "send the body without content encoding");
    }
    Origin origin = new Origin(caller.tenant(), users.now(), trace.header(), query.flag("welcome"));
    return JsonAnswer.ok(imports.run(origin, key, request.getInputStream()));
  }

  /** How many users have changed. */
  private record Updated(int updated) {}

  @PatchMapping(
      path = UserLinks.USERS + ":status",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.USERS)
  ResponseEntity<byte[]> setStatus(JsonBody body, Caller caller) {
    StatusChange change = bodies.read(body.utf8(), StatusChange.class);
    return JsonAnswer.ok(new Updated(users.setStatus(caller.tenant(), change)));
  }
}
