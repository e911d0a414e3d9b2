package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it stood when the gateway was asked.
 *
 * @param total how many tasks it has; null as long as nobody knows
 * @param processed how many have ended
 * @param results of a small batch that was waited for
 */
public record Batch(
    UUID id,
    BatchState state,
    @Nullable Long total,
    long processed,
    Counts counts,
    Instant createdAt,
    @Nullable Instant cancelledAt,
    @Nullable Instant finishedAt,
    @Nullable List<TaskResult> results) {

  /**
   * Tasks by state.
   *
   * @param pending those that have not ended; null as long as nobody knows how many there are
   */
  public record Counts(
      @Nullable Long pending, long succeeded, long dead, long cancelled, long expired) {}

  /** Whether all of its tasks have ended. */
  @JsonIgnore
  public boolean isFinal() {
    return finishedAt != null;
  }
}
