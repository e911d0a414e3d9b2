package io.taskfleet.worker.notification;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that are collected for a user. A digest takes more until it is closed; the task
 * that closes it has its id.
 */
public interface Digests {

  /**
   * A digest.
   *
   * @param dueAt when it is to be closed
   */
  record Digest(UUID id, Instant dueAt) {}

  /**
   * What is collected.
   *
   * @param task which brought it
   * @param data JSON
   */
  record Item(UUID task, @Nullable String title, String message, @Nullable String data) {}

  /**
   * Those of a digest, in the order in which they came.
   *
   * @param items the first of them
   * @param total how many there are
   */
  record Collected(List<Item> items, int total) {}

  /** Whose digest it is. */
  record Owner(String tenant, UUID user, String key) {}

  /**
   * Adds an item to the owner's open digest, or to a new one. An item that has been added, to
   * whichever digest, is not added again.
   *
   * @throws Exception if that cannot be done at the moment
   */
  Digest add(Owner owner, Duration window, Item item) throws Exception;

  /**
   * Whether this task delivers a digest.
   *
   * @throws Exception if that cannot be said at the moment
   */
  boolean isDeliveredBy(String tenant, UUID task) throws Exception;

  /**
   * Closes the digest, if it is open, and answers what it has collected: always the same.
   *
   * @throws Exception if that cannot be done at the moment
   */
  Collected close(String tenant, UUID id) throws Exception;
}
