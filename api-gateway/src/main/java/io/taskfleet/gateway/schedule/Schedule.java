package io.taskfleet.gateway.schedule;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it is stored.
 *
 * @param id what its tasks' ids are made of
 */
record Schedule(
    UUID id,
    String tenant,
    Definition definition,
    Instant createdAt,
    Instant updatedAt,
    Progress progress) {

  /**
   * How far it has come.
   *
   * @param nextFireAt null if it is disabled or will not fire any more
   */
  record Progress(
      @Nullable Instant nextFireAt, @Nullable Instant lastFiredAt, @Nullable UUID lastTaskId) {}

  /** The same, defined anew. */
  Schedule with(Definition changed, Instant now, @Nullable Instant nextFireAt) {
    return new Schedule(
        id,
        tenant,
        changed,
        createdAt,
        now,
        new Progress(nextFireAt, progress.lastFiredAt, progress.lastTaskId));
  }
}
