package io.taskfleet.worker.consume;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.failure.Verdict;
import io.taskfleet.worker.ledger.Entry;
import io.taskfleet.worker.ledger.Ledger;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries tasks out of the poll loop: to an attempt on a virtual thread, and to the ledger. Brings
 * what becomes of them back to the inbox.
 */
final class Dispatch {
  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  private final Attempts<?> attempts;
  private final RetryPolicy policy;
  private final Ledger ledger;
  private final Inbox inbox;
  private final Clock clock;
  private final RandomGenerator random;

  Dispatch(
      Attempts<?> attempts,
      RetryPolicy policy,
      Ledger ledger,
      Inbox inbox,
      Clock clock,
      RandomGenerator random) {
    this.random = random;
    this.attempts = attempts;
    this.policy = policy;
    this.ledger = ledger;
    this.inbox = inbox;
    this.clock = clock;
  }

  /** Starts the attempt. */
  void attempt(InFlight taken) {
    Thread.ofVirtual().start(() -> run(taken));
  }

  /** Has this outcome recorded, without an attempt. */
  void conclude(InFlight taken, Task task, Entry.Outcome outcome) {
    ledger.submit(new Entry(taken.record, task, taken.keyPosition, outcome, receipt(taken)));
  }

  private void run(InFlight taken) {
    Inbox.Next becomes = Inbox.Next.COME_AGAIN;
    try {
      Task task = taken.requireTask();
      Instant startedAt = clock.instant();
      Outcome outcome = attempts.make(task, taken.attempt, startedAt);
      Entry.Outcome next = next(taken, outcome, startedAt, clock.instant());
      if (next != null) {
        ledger.submit(new Entry(taken.record, task, taken.keyPosition, next, receipt(taken)));
        becomes = next.state().isTerminal() ? Inbox.Next.END : Inbox.Next.WAIT;
      }
    } catch (RuntimeException e) {
      // The record stays unfinished and comes back after a restart; the stall is visible as lag.
      log.error("the outcome of {} {} is lost", taken.record.topic(), taken.record.offset(), e);
    } finally {
      inbox.put(new Inbox.Returned.AttemptEnded(taken, becomes));
    }
  }

  private Entry.@Nullable Outcome next(
      InFlight taken, Outcome outcome, Instant startedAt, Instant endedAt) {
    return switch (outcome) {
      case Outcome.Completed(var result, var effects) ->
          new Entry.Outcome(
              TaskState.SUCCEEDED,
              taken.attempt,
              result,
              null,
              null,
              taken.firstFailedAt,
              startedAt,
              endedAt,
              effects);
      case Outcome.Failed(Failure failure) -> failed(taken, failure, startedAt, endedAt);
      case Outcome.Cancelled _ -> Unattempted.of(taken, endedAt).cancelled();
    };
  }

  private Entry.@Nullable Outcome failed(
      InFlight taken, Failure failure, Instant startedAt, Instant endedAt) {
    Instant firstFailedAt = taken.firstFailedAt == null ? startedAt : taken.firstFailedAt;
    Integer maxAttempts = taken.requireTask().options().maxAttempts();
    Verdict verdict =
        policy.verdict(
            failure,
            new RetryPolicy.Attempted(taken.attempt, firstFailedAt, maxAttempts),
            endedAt,
            random);
    Ended ended = new Ended(failure, startedAt, endedAt);
    int spentBefore = taken.attempt - 1;
    return switch (verdict) {
      case Verdict.Retry(Instant dueAt) ->
          ended.waiting(TaskState.RETRYING, taken.attempt, dueAt, firstFailedAt);
      case Verdict.Defer(Instant dueAt) ->
          ended.waiting(TaskState.DEFERRED, spentBefore, dueAt, taken.firstFailedAt);
      case Verdict.Die(ReasonCode reason) ->
          ended.dead(
              reason,
              failure instanceof Failure.Undecodable ? spentBefore : taken.attempt,
              firstFailedAt);
      case Verdict.GiveBack _ -> null;
    };
  }

  /** An attempt that failed, to be turned into its outcome. */
  private record Ended(Failure failure, Instant startedAt, Instant endedAt) {

    Entry.Outcome waiting(
        TaskState state, int spent, Instant dueAt, @Nullable Instant firstFailedAt) {
      TaskError error = new TaskError(failure.label(), failure.detail(), failure.errorClass());
      return new Entry.Outcome(
          state, spent, null, error, dueAt, firstFailedAt, startedAt, endedAt, List.of());
    }

    Entry.Outcome dead(ReasonCode reason, int spent, Instant firstFailedAt) {
      TaskError error = new TaskError(reason.name(), failure.detail(), failure.errorClass());
      return new Entry.Outcome(
          TaskState.DEAD, spent, null, error, null, firstFailedAt, startedAt, endedAt, List.of());
    }
  }

  private Entry.Receipt receipt(InFlight taken) {
    return new Entry.Receipt() {
      @Override
      public void finished() {
        inbox.leave(new Inbox.Returned.Finished(taken));
      }

      @Override
      public void conflicted() {
        inbox.put(new Inbox.Returned.Conflicted(taken));
      }
    };
  }
}
