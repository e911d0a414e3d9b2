package io.taskfleet.worker.timer;

import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of firings that are due.
 *
 * @param grace a firing later than this counts as missed, and the schedule's policy decides; an
 *     earlier one is only a little late
 * @param oldest a missed firing older than this is not made up for
 */
public record Lateness(Duration grace, Duration oldest) {

  public Lateness {
    if (!grace.isPositive()) {
      throw new IllegalArgumentException("grace must be above zero");
    }
    if (oldest.compareTo(grace) < 0) {
      throw new IllegalArgumentException("oldest must not be shorter than grace");
    }
  }

  /**
   * What a schedule does now.
   *
   * @param times when it should have fired
   * @param next when it fires next, perhaps not after now; null for never
   */
  record Firings(List<Instant> times, @Nullable Instant next) {}

  /**
   * The firings of a schedule that are due by now.
   *
   * @param due its first firing that has not been dealt with
   * @param atMost stop after this many, from 1; the next one is due too then
   */
  Firings firings(Timing timing, CatchUp policy, Instant due, Instant now, int atMost) {
    List<Instant> times = new ArrayList<>();
    Instant punctual = now.minus(grace);
    Optional<Instant> next = Optional.of(due);
    if (due.isBefore(punctual)) {
      next =
          switch (policy) {
            case SKIP -> timing.next(punctual);
            case ONCE -> {
              times.add(due);
              yield timing.next(punctual);
            }
            case ALL -> due.isBefore(now.minus(oldest)) ? timing.next(now.minus(oldest)) : next;
          };
    }
    while (next.isPresent() && !next.get().isAfter(now) && times.size() < atMost) {
      times.add(next.get());
      next = timing.next(next.get());
    }
    return new Firings(times, next.orElse(null));
  }
}
