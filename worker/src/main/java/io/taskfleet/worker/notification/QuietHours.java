package io.taskfleet.worker.notification;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When a user is not to be disturbed.
 *
 * @param from time of day
 * @param to time of day; of the next day if it is the earlier one
 */
public record QuietHours(LocalTime from, LocalTime to, ZoneId zone) {

  /** When they end, if this time is within them. */
  public Optional<Instant> endAfter(Instant time) {
    ZonedDateTime there = time.atZone(zone);
    LocalTime now = there.toLocalTime();
    boolean overMidnight = to.isBefore(from);
    boolean isEvening = overMidnight && !now.isBefore(from);
    boolean isQuiet =
        overMidnight ? isEvening || now.isBefore(to) : !now.isBefore(from) && now.isBefore(to);
    if (!isQuiet) {
      return Optional.empty();
    }
    // A time that the clocks leave out is taken as much later as they are put forward; of one that
    // they show twice the second may be the one that is still to come.
    ZonedDateTime end = there.toLocalDate().plusDays(isEvening ? 1 : 0).atTime(to).atZone(zone);
    return Optional.of(
        (end.toInstant().isAfter(time) ? end : end.withLaterOffsetAtOverlap()).toInstant());
  }
}
