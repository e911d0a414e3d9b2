package io.taskfleet.worker.attempt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a successful attempt leaves behind.
 *
 * @param value the task's result, to be written as JSON; null for none
 * @param effects applied in the transaction that records the result, exactly once
 */
public record HandlerResult(@Nullable Object value, List<Effect> effects) {

  /** A result without effects. */
  public static HandlerResult of(@Nullable Object value) {
    return new HandlerResult(value, List.of());
  }
}
