package io.taskfleet.worker.outcome;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.failure.Verdict;
import java.time.Instant;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a task when an attempt at it has ended.
 *
 * @param random spreads what comes again
 */
public record Conclusion(RetryPolicy policy, RandomGenerator random) {

  /**
   * What is recorded; null if nothing, because the record comes back.
   *
   * @param ended the attempt, as it is counted if it was spent
   */
  public Entry.@Nullable Outcome of(Task task, Ending ended, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Completed(var result, var effects) -> ended.succeeded(result, effects);
      case Outcome.Failed(Failure failure) -> failed(task, ended, failure);
      case Outcome.Cancelled _ -> unspent(ended, null).cancelled();
    };
  }

  private Entry.@Nullable Outcome failed(Task task, Ending ended, Failure failure) {
    Instant firstFailedAt = Objects.requireNonNullElse(ended.firstFailedAt(), begun(ended));
    RetryPolicy.Attempted attempted =
        new RetryPolicy.Attempted(ended.spent(), firstFailedAt, task.options().maxAttempts());
    Ending spent = new Ending(ended.spent(), firstFailedAt, ended.startedAt(), ended.endedAt());
    Ending unspent = unspent(ended, ended.startedAt());
    return switch (policy.verdict(failure, attempted, ended.endedAt(), random)) {
      case Verdict.Retry(Instant dueAt) -> spent.retrying(error(failure.label(), failure), dueAt);
      case Verdict.Defer(Instant dueAt) -> unspent.deferred(error(failure.label(), failure), dueAt);
      case Verdict.Die(ReasonCode reason) ->
          (failure instanceof Failure.Undecodable ? unspent : spent)
              .dead(error(reason.name(), failure));
      case Verdict.GiveBack _ -> null;
    };
  }

  private static Instant begun(Ending ended) {
    return Objects.requireNonNullElse(ended.startedAt(), ended.endedAt());
  }

  private static Ending unspent(Ending ended, @Nullable Instant startedAt) {
    return new Ending(ended.spent() - 1, ended.firstFailedAt(), startedAt, ended.endedAt());
  }

  private static TaskError error(String code, Failure failure) {
    return new TaskError(code, failure.detail(), failure.errorClass());
  }
}
