package io.taskfleet.gateway.batch;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch, as Postgres knows it.
 *
 * @param total how many tasks it has; null until all have been handed over
 */
record Batch(
    UUID id,
    @Nullable Integer total,
    int succeeded,
    int dead,
    int cancelled,
    int expired,
    @Nullable UUID onComplete,
    Instant createdAt,
    @Nullable Instant cancelledAt,
    @Nullable Instant finishedAt) {

  /** Where a batch stands. */
  enum State {
    /** Not all of its tasks have been handed over. */
    OPEN,
    RUNNING,
    /** What has not run is not to; some may be running still. */
    CANCELLING,
    CANCELLED,
    FINISHED
  }

  int processed() {
    return succeeded + dead + cancelled + expired;
  }

  boolean hasEnded() {
    return finishedAt != null;
  }

  State state() {
    if (cancelledAt != null) {
      return hasEnded() ? State.CANCELLED : State.CANCELLING;
    }
    if (hasEnded()) {
      return State.FINISHED;
    }
    return total == null ? State.OPEN : State.RUNNING;
  }
}
