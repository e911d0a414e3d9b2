package io.taskfleet.worker.attempt;

import io.taskfleet.task.Task;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something written to Postgres together with a task's result: with it, or not at all. */
public sealed interface Effect {

  /** An analytics event; the rollups follow. */
  record EventCounted(
      String name,
      @Nullable String userId,
      @Nullable BigDecimal value,
      @Nullable String properties,
      Instant at)
      implements Effect {}

  /**
   * A task that follows from this one, put on its topic soon after or at its {@code run_at}. Its id
   * must be the same at every attempt, as {@code TaskIds.fromParent} makes it: an id that is known
   * already is left alone.
   *
   * @param outlives whether it may start after the end of the task that it follows from; else it
   *     expires with that one, if not earlier
   */
  record TaskSubmitted(Task task, boolean outlives) implements Effect {

    /** One that expires with the task that it follows from. */
    public TaskSubmitted(Task task) {
      this(task, false);
    }
  }

  /**
   * A batch has this many tasks, and no more are to come.
   *
   * @param onComplete put on its topic when the last of them has ended
   */
  record BatchClosed(UUID batch, int total, @Nullable Task onComplete) implements Effect {}

  /**
   * A notification in a user's inbox, under the task's id. A user that is not there any more has
   * none.
   *
   * @param data JSON
   */
  record InboxFilled(UUID userId, @Nullable String title, String message, @Nullable String data)
      implements Effect {}
}
