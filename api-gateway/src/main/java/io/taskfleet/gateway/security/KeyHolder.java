package io.taskfleet.gateway.security;

import java.util.Set;
import java.util.UUID;

/** What goes on after the request it was begun with, and must not outlive the request's key. */
public interface KeyHolder {
  /** The ids of the API keys by which something goes on now. */
  Set<UUID> keys();

  /** This key is not good any more: what goes on by it has to end. */
  void end(UUID key);
}
