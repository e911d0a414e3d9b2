package io.taskfleet.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a successful attempt leaves behind. */
public interface HandlerResult {

  /** The task's result, to be written as JSON; null for none. */
  @Nullable Object value();

  /** Tasks that follow from this one, submitted in the transaction that records the result. */
  List<FollowUp> followUps();

  /** A result from which nothing follows. */
  static HandlerResult of(@Nullable Object value) {
    return new PlainResult(value, List.of());
  }

  /** A result from which tasks follow. */
  static HandlerResult of(@Nullable Object value, List<FollowUp> followUps) {
    return new PlainResult(value, List.copyOf(followUps));
  }
}
