package io.taskfleet.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The times at which a schedule fires. */
public sealed interface Timing permits Cron, Timing.Every, Timing.At, Timing.Until {

  /** The first firing after this time, if there is one. */
  Optional<Instant> next(Instant after);

  /** The same firings, but none at or after this time; null for no such end. */
  default Timing until(@Nullable Instant end) {
    return end == null ? this : new Until(this, end);
  }

  /**
   * Again and again. The n-th firing is n periods after the anchor, however late the others were.
   *
   * @param anchor no firing itself
   * @param period above zero
   */
  record Every(Instant anchor, Duration period) implements Timing {
    @Override
    public Optional<Instant> next(Instant after) {
      long passed = after.isBefore(anchor) ? 0 : Duration.between(anchor, after).dividedBy(period);
      return Optional.of(anchor.plus(period.multipliedBy(passed + 1)));
    }
  }

  /** Once. */
  record At(Instant time) implements Timing {
    @Override
    public Optional<Instant> next(Instant after) {
      return time.isAfter(after) ? Optional.of(time) : Optional.empty();
    }
  }

  /** Another timing that comes to an end. */
  record Until(Timing timing, Instant end) implements Timing {
    @Override
    public Optional<Instant> next(Instant after) {
      return timing.next(after).filter(firing -> firing.isBefore(end));
    }
  }
}
