package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user to be.
 *
 * @param requestHash SHA-256 of the request, if the id comes from an idempotency key
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its one reader
record NewUser(UUID id, UserRequest request, byte @Nullable [] requestHash) {

  /**
   * Who makes users, and when.
   *
   * @param traceparent W3C trace context of the request
   * @param welcome whether they get an email
   */
  record Origin(String tenant, Instant at, String traceparent, boolean welcome) {}

  /** What became of it. */
  enum Fate {
    CREATED,
    /** It was created before, by the same request. */
    REPLAYED,
    /** Its id was given to another request with the same idempotency key. */
    OTHER_REQUEST,
    /** Another user has the email address. */
    EMAIL_TAKEN
  }
}
