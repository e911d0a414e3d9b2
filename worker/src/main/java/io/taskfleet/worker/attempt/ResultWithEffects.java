package io.taskfleet.worker.attempt;

import io.taskfleet.handler.FollowUp;
import io.taskfleet.handler.HandlerResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a successful attempt of a built-in type leaves behind.
 *
 * @param value the task's result, to be written as JSON; null for none
 * @param effects applied in the transaction that records the result, exactly once
 */
public record ResultWithEffects(@Nullable Object value, List<Effect> effects)
    implements HandlerResult {

  @Override
  public List<FollowUp> followUps() {
    return List.of();
  }
}
