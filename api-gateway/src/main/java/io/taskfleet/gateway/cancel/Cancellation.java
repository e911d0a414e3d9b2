package io.taskfleet.gateway.cancel;

import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.status.StatusCache;
import io.taskfleet.gateway.status.StatusReader;
import io.taskfleet.gateway.status.TaskRows;
import io.taskfleet.gateway.submit.JsonSpan;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.util.Optional;
import java.util.UUID;

/** Cancels tasks, wherever they are. */
final class Cancellation {
  // A worker may write the row between our two looks at it; then it is there to be ended.
  private static final int TRIES = 2;

  private final CancelledRows rows;
  private final Known known;
  private final AcceptanceNotes notes;
  private final CancelledEvents events;

  Cancellation(CancelledRows rows, Known known, AcceptanceNotes notes, CancelledEvents events) {
    this.rows = rows;
    this.known = known;
    this.notes = notes;
    this.events = events;
  }

  /** Where tasks are known. */
  record Known(TaskRows rows, StatusCache cache, StatusReader reader) {}

  /**
   * Cancels the tenant's task; once more changes nothing.
   *
   * @return how it stands, which is cancelled
   * @throws ProblemException if there is none, if it has ended otherwise, or if that cannot be said
   */
  TaskStatus cancel(String tenant, UUID id, String by) {
    for (int i = 0; i < TRIES; i++) {
      boolean ended = rows.end(tenant, id, by) || insert(tenant, id, by);
      Optional<TaskStatus> row = known.rows.find(tenant, id);
      // Else a worker has just heard of it, between the two tries to end it.
      if (row.isPresent() && (ended || row.get().state().isTerminal())) {
        return cancelled(row.get(), ended);
      }
    }
    TaskStatus status = known.reader.find(tenant, id).orElseThrow();
    if (status.state().isTerminal()) {
      // Redis remembers what Postgres was told to delete.
      return cancelled(status, false);
    }
    throw rows.away();
  }

  private boolean insert(String tenant, UUID id, String by) {
    Optional<byte[]> json = known.cache.json(id);
    Optional<WaitingTask> waiting =
        json.flatMap(WaitingTask::read)
            .filter(task -> task.tenant().equals(tenant) && !task.state().isTerminal());
    if (waiting.isEmpty()) {
      return false;
    }
    JsonSpan payload = waiting.get().payload();
    return payload != null
        && known.rows.find(tenant, id).isEmpty()
        && rows.insert(waiting.get(), payload.of(json.orElseThrow()), by);
  }

  private TaskStatus cancelled(TaskStatus row, boolean justNow) {
    if (row.state() != TaskState.CANCELLED) {
      throw ProblemException.of(ProblemType.CONFLICT, "the task has ended: " + row.state().label());
    }
    if (justNow) {
      notes.replace(row);
      events.tell(row);
    }
    return row;
  }
}
