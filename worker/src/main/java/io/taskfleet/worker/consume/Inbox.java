package io.taskfleet.worker.consume;

import io.taskfleet.worker.intake.Intake;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What comes back to the poll loop. Anybody may put; only the loop's thread takes. */
final class Inbox {

  /** What becomes of a task whose attempt has ended. */
  enum Next {
    /** It has ended, too. */
    END,
    /** Another attempt, at a later time. */
    WAIT,
    /** Nothing is recorded; the record comes to somebody another time. */
    COME_AGAIN
  }

  /** Something that comes back. */
  sealed interface Returned {
    /** The attempt is over: its permit is free. */
    record AttemptEnded(InFlight task, Next next) implements Returned {}

    /** Everything about the record is durable: its offset is done. */
    record Finished(InFlight task) implements Returned {}

    /** The record takes the id of a task with another payload. */
    record Conflicted(InFlight task) implements Returned {}

    /** The callers of these tasks do not want them any more. */
    record Cancelled(Collection<UUID> ids) implements Returned {}

    /** What Postgres says of records that were taken; null if it does not answer. */
    record Answered(Intake.@Nullable Knowledge knowledge) implements Returned {}

    /** The fleet's caps may let more of them start. */
    record Granted() implements Returned {}
  }

  private final ConcurrentLinkedQueue<Returned> returned = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread waiter;

  /** Leaves something for the next round; nothing can be started because of it. */
  void leave(Returned back) {
    returned.add(back);
  }

  /** Brings something that the loop should look at now. */
  void put(Returned back) {
    returned.add(back);
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Takes what is there. */
  void drain(Consumer<Returned> taker) {
    Returned back = returned.poll();
    while (back != null) {
      taker.accept(back);
      back = returned.poll();
    }
  }

  /** Waits until something is there, at most this long. */
  void await(long nanos) {
    waiter = Thread.currentThread();
    if (returned.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    waiter = null;
  }
}
