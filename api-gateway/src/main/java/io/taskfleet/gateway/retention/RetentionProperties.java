package io.taskfleet.gateway.retention;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long workers keep what has ended.
 *
 * @param ended as the workers have it; 0 for ever
 */
@ConfigurationProperties("taskfleet.retention")
public record RetentionProperties(@DefaultValue("30d") Duration ended) {

  /** Checks that it is a time. */
  public RetentionProperties {
    if (ended.isNegative()) {
      throw new IllegalArgumentException("taskfleet.retention.ended must not be below zero");
    }
  }

  /** Refuses to forget what is remembered for longer by this property. */
  public void requireAtLeast(Duration needed, String property) {
    if (!ended.isZero() && ended.compareTo(needed) < 0) {
      throw new IllegalArgumentException(
          "taskfleet.retention.ended must be 0 or at least %s (%s)".formatted(property, needed));
    }
  }

  /**
   * What is answered when nothing of this id was found. It depends on the id alone, and on nothing
   * that is stored: so it tells nobody whether another tenant has something of this id, or had.
   *
   * @param thing what was looked for, in a word
   */
  public ProblemException absent(String thing, UUID id, Instant now) {
    return isOver(id, now)
        ? ProblemException.of(
            ProblemType.GONE,
            "there is no %s of this id any more, if there was one: what has ended is kept for %s"
                .formatted(thing, inWords()))
        : ProblemException.of(ProblemType.NOT_FOUND, "there is no %s of this id".formatted(thing));
  }

  private boolean isOver(UUID id, Instant now) {
    return !ended.isZero()
        && TaskIds.timeOf(id).filter(made -> made.isBefore(now.minus(ended))).isPresent();
  }

  private String inWords() {
    Duration days = Duration.ofDays(ended.toDays());
    return days.equals(ended) && days.toDays() > 1 ? days.toDays() + " days" : ended.toString();
  }
}
