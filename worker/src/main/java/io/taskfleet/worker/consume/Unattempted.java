package io.taskfleet.worker.consume;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.ledger.Entry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Outcomes of tasks for which no attempt is made now.
 *
 * @param spent attempts made before
 * @param firstFailedAt when the first of them failed, if one did
 */
record Unattempted(int spent, @Nullable Instant firstFailedAt, Instant now) {

  static Unattempted of(InFlight task, Instant now) {
    return new Unattempted(task.attempt - 1, task.firstFailedAt, now);
  }

  Entry.Outcome expired() {
    return outcome(
        TaskState.EXPIRED,
        new TaskError(ReasonCode.EXPIRED.name(), "not started before its expiry", "expired"),
        null);
  }

  Entry.Outcome cancelled() {
    return outcome(TaskState.CANCELLED, null, null);
  }

  Entry.Outcome scheduled(Instant runAt) {
    return outcome(TaskState.SCHEDULED, null, runAt);
  }

  /** Behind another task of its key, until the ledger or a relay finds that it is its turn. */
  Entry.Outcome parked() {
    return outcome(TaskState.DEFERRED, null, null);
  }

  Entry.Outcome undecodable(ReasonCode reason, String detail) {
    return dead(new TaskError(reason.name(), detail, Failure.UNDECODABLE));
  }

  Entry.Outcome crashLoop() {
    return dead(
        new TaskError(
            ReasonCode.CRASH_LOOP.name(), "its attempts took their workers down", "crash"));
  }

  /** What is kept without an attempt must be JSON all the same: a relay publishes it again. */
  static Entry.Outcome storable(Task task, Entry.Outcome outcome) {
    try {
      StrictJson.read(task.payload(), JsonNode.class);
      return outcome;
    } catch (RefusedJsonException e) {
      return new Unattempted(outcome.attempt(), outcome.firstFailedAt(), outcome.endedAt())
          .undecodable(e.reason(), e.detail());
    }
  }

  private Entry.Outcome dead(TaskError error) {
    return new Entry.Outcome(
        TaskState.DEAD,
        spent,
        null,
        error,
        null,
        firstFailedAt == null ? now : firstFailedAt,
        null,
        now,
        List.of());
  }

  private Entry.Outcome outcome(
      TaskState state, @Nullable TaskError error, @Nullable Instant dueAt) {
    return new Entry.Outcome(state, spent, null, error, dueAt, firstFailedAt, null, now, List.of());
  }
}
