package io.taskfleet.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A task that follows from another one. It is submitted exactly once, when the result of the first
 * is recorded, and by the same rules as any other: a payload that breaks one fails the attempt for
 * good. It expires with the first, unless its delay goes beyond that.
 *
 * @param type the name of a built-in type, or of one that this worker knows
 * @param payload written as JSON: a record, or a map with the fields of a built-in type
 * @param key tasks of one type that share it start in order, 1 to 255 characters; null for none
 * @param delay not before this much time has passed, at most a year; zero for at once
 */
public record FollowUp(String type, Object payload, @Nullable String key, Duration delay) {

  public FollowUp {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative");
    }
  }

  /** A task that is to run at once. */
  public static FollowUp of(String type, Object payload) {
    return new FollowUp(type, payload, null, Duration.ZERO);
  }
}
