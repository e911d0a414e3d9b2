package io.taskfleet.worker.dependency;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Says to refused calls when to come again: one after the other, at the pace at which the
 * dependency takes calls. Were all told the same time, all would come at once, most of them only to
 * be refused once more. Thread-safe.
 */
final class Turns {
  /** A slot or a probe's result may come at any moment. */
  static final Duration SOON = Duration.ofSeconds(1);

  /** Beyond this the turns start over, because the pace may have changed by then. */
  static final Duration SPREAD = Duration.ofMinutes(1);

  private final Clock clock;

  // Guarded by this.
  private Instant last = Instant.EPOCH;

  Turns(Clock clock) {
    this.clock = clock;
  }

  /**
   * The wait until the next free turn.
   *
   * @param earliest no turn is sooner than this
   * @param gap from one turn to the next
   */
  synchronized Duration next(Duration earliest, Duration gap) {
    Instant now = clock.instant();
    Instant first = now.plus(earliest.compareTo(SOON) < 0 ? SOON : earliest);
    Instant turn = last.plus(gap);
    if (turn.isBefore(first) || turn.isAfter(first.plus(SPREAD))) {
      turn = first;
    }
    last = turn;
    return Duration.between(now, turn);
  }
}
