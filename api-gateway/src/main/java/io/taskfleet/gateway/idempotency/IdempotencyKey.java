package io.taskfleet.gateway.idempotency;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The caller's name for its request, from the header of that name. The ids of its tasks are derived
 * from it, so that the same request is the same tasks, whoever has forgotten the first.
 */
public record IdempotencyKey(@Nullable String value) {
  /** The header. */
  public static final String HEADER = "Idempotency-Key";

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E]{1,255}");

  /** Refuses a key that is no key. */
  public IdempotencyKey {
    if (value != null && !PRINTABLE.matcher(value).matches()) {
      throw ProblemException.of(
          ProblemType.MALFORMED, HEADER + " is 1 to 255 printable ASCII characters");
    }
  }

  /** That the key belongs to another request. */
  public static ProblemException reused() {
    return ProblemException.of(
        ProblemType.IDEMPOTENCY_KEY_REUSED,
        "this " + HEADER + " was sent with another request before");
  }

  /** The id that the key stands for, or a new one without a key. */
  public UUID taskId(String tenant, Clock clock) {
    return value == null ? TaskIds.next(clock) : TaskIds.fromIdempotencyKey(tenant, value);
  }

  /** The id of one of several tasks in one request. No key holds a line break. */
  public UUID taskId(String tenant, int index, Clock clock) {
    return value == null
        ? TaskIds.next(clock)
        : TaskIds.fromIdempotencyKey(tenant, value + '\n' + index);
  }

  /** The id of the batch that the request is about. No key holds a line break. */
  public UUID batchId(String tenant, Clock clock) {
    return value == null
        ? TaskIds.next(clock)
        : TaskIds.fromIdempotencyKey(tenant, value + "\nbatch");
  }
}
