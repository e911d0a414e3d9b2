package io.taskfleet.worker.notification;

import java.util.Optional;
import java.util.UUID;

/** The endpoints that tenants have registered. */
public interface Endpoints {

  /**
   * The tenant's endpoint of this id.
   *
   * @throws Exception if that cannot be said at the moment
   */
  Optional<Endpoint> find(String tenant, UUID id) throws Exception;

  /** Notes that a call of it has succeeded, if that can be noted at the moment. */
  void succeeded(String tenant, Endpoint called) throws InterruptedException;

  /**
   * Notes that a call of it has failed. One that is gone is not called any more, nor one that has
   * failed for too long.
   *
   * @param how in a line
   * @throws Exception if that cannot be noted at the moment
   */
  void failed(String tenant, Endpoint called, String how, boolean isGone) throws Exception;
}
