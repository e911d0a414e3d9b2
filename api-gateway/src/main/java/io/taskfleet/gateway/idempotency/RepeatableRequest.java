package io.taskfleet.gateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Sha256;
import java.util.Base64;

/**
 * A request that its caller may send again under the same key, and should then be answered as it
 * was before.
 *
 * @param route method and path; a key is good for one of them
 * @param body as it came
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record RepeatableRequest(IdempotencyKey key, String tenant, String route, byte[] body) {

  /** What tells this request from another one that has its key. */
  String fingerprint() {
    byte[] hash = Sha256.of((route + '\n').getBytes(UTF_8), body);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }
}
