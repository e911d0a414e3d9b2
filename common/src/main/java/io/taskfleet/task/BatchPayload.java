package io.taskfleet.task;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That all tasks of a batch have been handed over, and how many they are. Of several that say so of
 * one batch, the largest number holds.
 *
 * @param onComplete the task that starts when the last of them has ended
 */
public record BatchPayload(
    @NotNull UUID batchId, @NotNull @Min(1) Integer total, @Nullable @Valid OnComplete onComplete)
    implements Addressed {

  /** A task that waits for others to end; fields as in {@link Task}. A URL can be its key. */
  public record OnComplete(
      @NotNull String type,
      @NotNull Priority priority,
      @Nullable @Size(min = 1, max = 2_048) String key,
      @NotNull RawJson payload,
      @Nullable @Min(1) @Max(100) Integer maxAttempts,
      @Nullable Duration timeout,
      @Nullable Instant expiresAt,
      @Nullable Tags tags,
      @Nullable @WebhookUrl String callbackUrl) {}

  /** The id of the task that starts when this tenant's batch has ended. */
  public static UUID onCompleteId(UUID batchId, String tenant) {
    return TaskIds.fromParent(batchId, "on_complete\n" + tenant);
  }

  @Override
  public Optional<String> recipient() {
    return Optional.of(batchId.toString());
  }
}
