package io.taskfleet.gateway.endpoint;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.secret.SealKeys;
import io.taskfleet.secret.Sealed;
import io.taskfleet.secret.SigningKeyPlace;
import io.taskfleet.task.TaskIds;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.UUID;

/** Makes keys that calls of an endpoint are signed with. */
final class SigningKeys {
  private static final int SECRET_BYTES = 32;
  private static final int ASK_AGAIN_AFTER_SECONDS = 60;

  private final SealKeys seal;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  SigningKeys(SealKeys seal, Clock clock) {
    this.seal = seal;
    this.clock = clock;
  }

  /**
   * A new key, as it is told and as it is stored.
   *
   * @param secret as Standard Webhooks spell it
   */
  record New(UUID id, String secret, Sealed sealed) {
    @Override
    public String toString() {
      return "New[id=" + id + "]";
    }
  }

  /**
   * One for this endpoint.
   *
   * @throws ProblemException if this gateway has nothing to seal it with
   */
  New next(String tenant, UUID endpoint) {
    if (!seal.canSeal()) {
      throw ProblemException.unavailable(
          "this gateway has no key to seal secrets with: " + SealKeys.PROPERTY,
          ASK_AGAIN_AFTER_SECONDS);
    }
    UUID id = TaskIds.next(clock);
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = "whsec_" + Base64.getEncoder().encodeToString(bytes);
    return new New(
        id, secret, seal.seal(secret, new SigningKeyPlace(tenant, endpoint, id).toString()));
  }
}
