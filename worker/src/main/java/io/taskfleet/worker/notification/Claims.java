package io.taskfleet.worker.notification;

import java.time.Duration;
import java.util.UUID;

/** Who of several notifications with one deduplication key is sent. */
@FunctionalInterface
public interface Claims {

  /**
   * Claims the key for a task, unless another one has it: the first that asks, until its window is
   * over or it has ended without being sent.
   *
   * @return the task that has the key now; for one that has it, always itself
   * @throws Exception if that cannot be said at the moment
   */
  UUID claim(String tenant, String key, Duration window, UUID task) throws Exception;
}
