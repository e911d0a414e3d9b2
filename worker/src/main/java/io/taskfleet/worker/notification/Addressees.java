package io.taskfleet.worker.notification;

import java.util.UUID;

/** The users whom notifications can be for. */
@FunctionalInterface
public interface Addressees {

  /**
   * Whether the tenant has this user.
   *
   * @throws Exception if that cannot be said at the moment
   */
  boolean isKnown(String tenant, UUID user) throws Exception;
}
