package io.taskfleet.worker.consume;

import io.taskfleet.task.Task;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.outcome.Conclusion;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries tasks out of the poll loop: to an attempt on another thread, and to the ledger. Brings
 * what becomes of them back to the inbox.
 */
final class Dispatch {
  private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

  private final Attempts<?> attempts;
  private final Executor threads;
  private final Conclusion conclusion;
  private final Ledger ledger;
  private final Inbox inbox;
  private final Clock clock;

  Dispatch(
      Attempts<?> attempts,
      Executor threads,
      Conclusion conclusion,
      Ledger ledger,
      Inbox inbox,
      Clock clock) {
    this.attempts = attempts;
    this.threads = threads;
    this.conclusion = conclusion;
    this.ledger = ledger;
    this.inbox = inbox;
    this.clock = clock;
  }

  /** Starts the attempt. */
  void attempt(InFlight taken) {
    threads.execute(() -> run(taken));
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
      Ending ended = new Ending(taken.attempt, taken.firstFailedAt, startedAt, clock.instant());
      Entry.Outcome next = conclusion.of(task, ended, outcome);
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
