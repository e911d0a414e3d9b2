package io.taskfleet.worker.timer;

import io.taskfleet.task.Task;
import java.time.Instant;

/**
 * A due task that one relay has to itself until the lease runs out.
 *
 * @param task as it goes on its topic; its delivery is one above the row's
 * @param dueAt when it was due
 * @param lease the row's {@code due_at} for as long as nobody else has touched it
 */
record Claim(Task task, Instant dueAt, Instant lease) {

  /** What it has waited among: the type and the priority, as in {@code email/bulk}. */
  String backlog() {
    return task.type() + "/" + task.priority().label();
  }

  /** The row's delivery when it was claimed. */
  int recordedDelivery() {
    return task.delivery() - 1;
  }
}
