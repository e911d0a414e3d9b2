package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.status.TaskLinks;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as its caller reads it back.
 *
 * @param total null until all tasks have been handed over
 * @param onComplete where the task can be read that starts in the end
 * @param results of a small batch that was waited for
 */
record BatchView(
    UUID id,
    String state,
    @Nullable Integer total,
    int processed,
    Counts counts,
    @Nullable TaskLinks onComplete,
    Instant createdAt,
    @Nullable Instant cancelledAt,
    @Nullable Instant finishedAt,
    @Nullable List<TaskResult> results,
    BatchLinks links) {

  /**
   * Tasks by state.
   *
   * @param pending those that have not ended; null as long as nobody knows how many there are
   */
  record Counts(@Nullable Integer pending, int succeeded, int dead, int cancelled, int expired) {}

  static BatchView of(Batch batch, @Nullable List<TaskResult> results) {
    Integer total = batch.total();
    UUID next = batch.onComplete();
    return new BatchView(
        batch.id(),
        batch.state().name().toLowerCase(Locale.ROOT),
        total,
        batch.processed(),
        new Counts(
            total == null ? null : Math.max(0, total - batch.processed()),
            batch.succeeded(),
            batch.dead(),
            batch.cancelled(),
            batch.expired()),
        next == null ? null : TaskLinks.of(next),
        batch.createdAt(),
        batch.cancelledAt(),
        batch.finishedAt(),
        results,
        BatchLinks.of(batch.id()));
  }
}
