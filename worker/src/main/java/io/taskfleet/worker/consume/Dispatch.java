package io.taskfleet.worker.consume;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.failure.Verdict;
import io.taskfleet.worker.ledger.Ending;
import io.taskfleet.worker.ledger.Entry;
import io.taskfleet.worker.ledger.Ledger;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
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

  /** Has this outcome recorded. */
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
        conclude(taken, task, next);
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
          new Ending(taken.attempt, taken.firstFailedAt, startedAt, endedAt)
              .succeeded(result, effects);
      case Outcome.Failed(Failure failure) -> failed(taken, failure, startedAt, endedAt);
      case Outcome.Cancelled _ -> taken.unattempted(endedAt).cancelled();
    };
  }

  private Entry.@Nullable Outcome failed(
      InFlight taken, Failure failure, Instant startedAt, Instant endedAt) {
    Instant firstFailedAt = Objects.requireNonNullElse(taken.firstFailedAt, startedAt);
    Integer maxAttempts = taken.requireTask().options().maxAttempts();
    RetryPolicy.Attempted attempted =
        new RetryPolicy.Attempted(taken.attempt, firstFailedAt, maxAttempts);
    Ending spent = new Ending(taken.attempt, firstFailedAt, startedAt, endedAt);
    Ending unspent = new Ending(taken.attempt - 1, taken.firstFailedAt, startedAt, endedAt);
    return switch (policy.verdict(failure, attempted, endedAt, random)) {
      case Verdict.Retry(Instant dueAt) -> spent.retrying(error(failure.label(), failure), dueAt);
      case Verdict.Defer(Instant dueAt) -> unspent.deferred(error(failure.label(), failure), dueAt);
      case Verdict.Die(ReasonCode reason) ->
          (failure instanceof Failure.Undecodable ? unspent : spent)
              .dead(error(reason.name(), failure));
      case Verdict.GiveBack _ -> null;
    };
  }

  private static TaskError error(String code, Failure failure) {
    return new TaskError(code, failure.detail(), failure.errorClass());
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
