package io.taskfleet.worker.retention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what has ended is kept. The same in all workers, and in gateways, which tell by it what
 * has been deleted from what never was.
 *
 * @param ended tasks that succeeded, were cancelled or expired, and batches; 0 deletes nothing at
 *     all
 * @param dead tasks that can be redriven; 0 for ever
 */
@ConfigurationProperties("taskfleet.retention")
public record RetentionProperties(
    @DefaultValue("30d") Duration ended, @DefaultValue("90d") Duration dead) {
  // So that Postgres has such a time.
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** Checks both. */
  public RetentionProperties {
    requireSensible(ended, "ended");
    requireSensible(dead, "dead");
    // What a gateway says of an id holds for dead tasks, too.
    if (!dead.isZero() && dead.compareTo(ended) < 0) {
      throw new IllegalArgumentException(
          "taskfleet.retention.dead must be 0 or at least taskfleet.retention.ended");
    }
  }

  private static void requireSensible(Duration duration, String name) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.retention.%s must be at most %d days; 0 is for ever"
              .formatted(name, LONGEST.toDays()));
    }
  }

  /**
   * Refuses to delete what is needed for longer.
   *
   * @param why what needs it, with the name of its property
   */
  public void requireAtLeast(Duration needed, String why) {
    if (!isForEver() && ended.compareTo(needed) < 0) {
      throw new IllegalArgumentException(
          "taskfleet.retention.ended must be 0 or at least %s: %s".formatted(needed, why));
    }
  }

  boolean isForEver() {
    return ended.isZero();
  }
}
