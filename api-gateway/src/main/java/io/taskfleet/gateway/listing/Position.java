package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.status.TaskView;
import java.time.Instant;
import java.util.UUID;

/**
 * The place of a task among those of its tenant, newest first.
 *
 * @param createdAt in whole microseconds, as Postgres keeps it
 */
record Position(Instant createdAt, UUID id) {

  static Position of(TaskView task) {
    return new Position(task.createdAt(), task.id());
  }
}
