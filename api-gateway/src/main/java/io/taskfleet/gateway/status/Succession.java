package io.taskfleet.gateway.status;

import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a status of a task is a later one than another. They may come from Redis and from
 * Postgres, of which each can be behind: Postgres does not know that a task runs, and Redis not
 * that one that waited is back on its topic.
 */
final class Succession {
  private Succession() {}

  static boolean isLater(TaskStatus next, TaskStatus last, Instant now) {
    if (isSame(next, last)) {
      return false;
    }
    if (next.state().isTerminal()) {
      return true;
    }
    return switch (last.state()) {
      case RUNNING -> next.startedAt() != null && !isBefore(next.startedAt(), last.startedAt());
      // What was due before now has gone back to its topic since.
      case QUEUED ->
          next.attempt() > last.attempt() || next.dueAt() == null || next.dueAt().isAfter(now);
      case SCHEDULED, RETRYING, DEFERRED -> next.attempt() >= last.attempt() || isRun(next, last);
      case SUCCEEDED, DEAD, CANCELLED, EXPIRED -> true;
    };
  }

  private static boolean isRun(TaskStatus next, TaskStatus last) {
    return next.startedAt() != null && isBefore(last.startedAt(), next.startedAt());
  }

  private static boolean isSame(TaskStatus next, TaskStatus last) {
    return next.state() == last.state()
        && next.attempt() == last.attempt()
        && Objects.equals(rough(next.dueAt()), rough(last.dueAt()))
        && (next.state() != TaskState.RUNNING || isSameAttempt(next, last));
  }

  private static boolean isSameAttempt(TaskStatus next, TaskStatus last) {
    return Objects.equals(rough(next.startedAt()), rough(last.startedAt()))
        && (next.progress() == null || next.progress().equals(last.progress()));
  }

  private static boolean isBefore(@Nullable Instant one, @Nullable Instant other) {
    Instant first = rough(one);
    Instant second = rough(other);
    return second != null && (first == null || first.isBefore(second));
  }

  // Postgres rounds to microseconds.
  private static @Nullable Instant rough(@Nullable Instant time) {
    return time == null
        ? null
        : time.plusNanos(500).truncatedTo(ChronoUnit.MICROS).truncatedTo(ChronoUnit.MILLIS);
  }
}
