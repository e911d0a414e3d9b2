package io.taskfleet.worker.outcome;

import io.taskfleet.task.RawJson;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.failure.Backoff;
import io.taskfleet.worker.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a delivery has come when it ends; makes its outcome.
 *
 * @param spent attempts made so far
 * @param firstFailedAt when the first of them failed, if one did
 * @param startedAt when this delivery's attempt started; null if none was made
 * @param endedAt when it ended, or the decision fell
 */
public record Ending(
    int spent, @Nullable Instant firstFailedAt, @Nullable Instant startedAt, Instant endedAt) {

  /** How long a task that is held waits in Postgres, the longer the more often it has. */
  private static final Backoff HELD = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /** The attempt did its work. */
  public Entry.Outcome succeeded(@Nullable RawJson result, List<Effect> effects) {
    return new Entry.Outcome(
        TaskState.SUCCEEDED, spent, result, null, null, firstFailedAt, startedAt, endedAt, effects);
  }

  /** The attempt failed, and there is another. */
  public Entry.Outcome retrying(TaskError error, Instant dueAt) {
    return outcome(TaskState.RETRYING, error, dueAt);
  }

  /** The attempt was not let, and is made later. */
  public Entry.Outcome deferred(TaskError error, Instant dueAt) {
    return outcome(TaskState.DEFERRED, error, dueAt);
  }

  /**
   * An operator has paused what it is one of, and there is no room to keep it in memory.
   *
   * @param delivery how often it has been on a topic
   */
  public Entry.Outcome held(int delivery) {
    Duration wait = HELD.ceiling(delivery);
    Failure held = new Failure.Unavailable("paused by an operator", wait);
    TaskError error = new TaskError(held.label(), held.detail(), held.errorClass());
    return deferred(error, endedAt.plus(wait));
  }

  /** It waits behind another of its key, until the ledger or a relay finds that it is its turn. */
  public Entry.Outcome parked() {
    return outcome(TaskState.DEFERRED, null, null);
  }

  /** Its time has not come. */
  public Entry.Outcome scheduled(Instant runAt) {
    return outcome(TaskState.SCHEDULED, null, runAt);
  }

  /** Its time has passed. */
  public Entry.Outcome expired() {
    String code = ReasonCode.EXPIRED.name();
    TaskError error = new TaskError(code, "not started before its expiry", "expired");
    return outcome(TaskState.EXPIRED, error, null);
  }

  /** Its caller does not want it any more. */
  public Entry.Outcome cancelled() {
    return outcome(TaskState.CANCELLED, null, null);
  }

  /** It cannot be read, or not be kept. */
  public Entry.Outcome undecodable(ReasonCode reason, String detail) {
    return dead(new TaskError(reason.name(), detail, Failure.UNDECODABLE));
  }

  /** Its attempts took their workers down, so that there is no other. */
  public Entry.Outcome crashLoop() {
    String code = ReasonCode.CRASH_LOOP.name();
    return dead(new TaskError(code, "its attempts took their workers down", "crash"));
  }

  /** There is no other attempt. */
  public Entry.Outcome dead(TaskError error) {
    Instant last = Objects.requireNonNullElse(startedAt, endedAt);
    Instant first = Objects.requireNonNullElse(firstFailedAt, last);
    return new Ending(spent, first, startedAt, endedAt).outcome(TaskState.DEAD, error, null);
  }

  private Entry.Outcome outcome(
      TaskState state, @Nullable TaskError error, @Nullable Instant dueAt) {
    return new Entry.Outcome(
        state, spent, null, error, dueAt, firstFailedAt, startedAt, endedAt, List.of());
  }
}
