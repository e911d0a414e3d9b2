package io.taskfleet.worker.attempt;

import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.Progress;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The attempt as its handler knows it.
 *
 * @param listener hears of its progress; must not block
 */
public record AttemptContext(
    UUID id,
    String tenant,
    int attempt,
    Instant createdAt,
    Instant deadline,
    @Nullable String traceparent,
    Consumer<Progress> listener)
    implements TaskContext {

  @Override
  public void progress(int percent, String message) {
    listener.accept(new Progress(percent, message));
  }
}
