package io.taskfleet.gateway.user;

import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Sha256;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.util.UUID;

/** Reads what callers send about users, by the rules that payloads are read by. */
final class UserBodies {
  private final PayloadReader payloads;

  UserBodies(PayloadReader payloads) {
    this.payloads = payloads;
  }

  /**
   * The value in this text.
   *
   * @throws RefusedJsonException if it is malformed or breaks a rule
   */
  <T> T readLine(byte[] utf8, Class<T> type) throws RefusedJsonException {
    return payloads.requireValid(StrictJson.read(utf8, type));
  }

  /**
   * The same for the body of a request.
   *
   * @throws ProblemException if it is malformed or breaks a rule
   */
  <T> T read(byte[] utf8, Class<T> type) {
    return JsonBody.readValid(utf8, type, payloads);
  }

  /**
   * The user that this text asks for.
   *
   * @param derived whether the id comes from an idempotency key
   * @throws RefusedJsonException if it is malformed or breaks a rule
   */
  NewUser readUser(UUID id, boolean derived, byte[] utf8) throws RefusedJsonException {
    return new NewUser(id, readLine(utf8, UserRequest.class), derived ? Sha256.of(utf8) : null);
  }
}
