package io.taskfleet.wire;

import java.util.Optional;
import java.util.UUID;

/**
 * That a notification has been put in a user's inbox: what workers tell gateways on {@link
 * RedisKeys#INBOXES}. It is a hint; the inbox itself is in Postgres.
 *
 * @param id the notification's
 */
public record InboxArrival(String tenant, UUID userId, UUID id) {

  /** The message that says it. */
  public byte[] toJson() {
    return StrictJson.mapper().writeValueAsBytes(this);
  }

  /** What this message says, if it is one. */
  public static Optional<InboxArrival> read(byte[] json) {
    try {
      InboxArrival arrival = StrictJson.read(json, InboxArrival.class);
      return arrival.tenant == null || arrival.userId == null || arrival.id == null
          ? Optional.empty()
          : Optional.of(arrival);
    } catch (RefusedJsonException ofAnotherVersion) {
      return Optional.empty();
    }
  }
}
