package io.taskfleet.worker.notification;

import java.util.Optional;
import java.util.UUID;

/** The users whom notifications can be for. */
@FunctionalInterface
public interface Addressees {

  /**
   * The tenant's user of this id.
   *
   * @throws Exception if that cannot be said at the moment
   */
  Optional<Addressee> find(String tenant, UUID user) throws Exception;
}
