package io.taskfleet.worker.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {

  /** The clocks of Berlin go forward on 29 March 2026 at 02:00, and back on 25 October at 03:00. */
  @ParameterizedTest(name = "{0} to {1} in {2} at {3}: until {4}")
  @CsvSource({
    "22:00, 07:00, Europe/Berlin, 2026-11-21T20:59:59Z, ",
    "22:00, 07:00, Europe/Berlin, 2026-11-21T21:00:00Z, 2026-11-22T06:00:00Z",
    "22:00, 07:00, Europe/Berlin, 2026-11-22T05:59:59Z, 2026-11-22T06:00:00Z",
    "22:00, 07:00, Europe/Berlin, 2026-11-22T06:00:00Z, ",
    "22:00, 07:00, America/New_York, 2026-11-22T06:00:00Z, 2026-11-22T12:00:00Z",
    "22:00, 07:00, Z, 2026-12-31T23:00:00Z, 2027-01-01T07:00:00Z",
    "12:00, 13:30, Asia/Kolkata, 2026-11-22T07:00:00Z, 2026-11-22T08:00:00Z",
    "12:00, 13:30, Asia/Kolkata, 2026-11-22T08:00:00Z, ",
    "00:00, 00:01, Z, 2026-11-22T00:00:00Z, 2026-11-22T00:01:00Z",
    "22:00, 07:00, Europe/Berlin, 2026-03-28T22:00:00Z, 2026-03-29T05:00:00Z",
    "22:00, 02:30, Europe/Berlin, 2026-03-28T22:00:00Z, 2026-03-29T01:30:00Z",
    "22:00, 07:00, Europe/Berlin, 2026-10-24T21:00:00Z, 2026-10-25T06:00:00Z",
    "22:00, 02:30, Europe/Berlin, 2026-10-25T00:15:00Z, 2026-10-25T00:30:00Z",
    "22:00, 02:30, Europe/Berlin, 2026-10-25T01:15:00Z, 2026-10-25T01:30:00Z",
    "22:00, 02:30, Europe/Berlin, 2026-10-25T01:30:00Z, ",
    "02:00, 02:30, Europe/Berlin, 2026-10-25T01:29:59Z, 2026-10-25T01:30:00Z",
  })
  void endAtTheTimeOfDayInTheirZone(
      LocalTime from, LocalTime to, ZoneId zone, Instant now, @Nullable Instant end) {
    assertThat(new QuietHours(from, to, zone).endAfter(now)).isEqualTo(Optional.ofNullable(end));
  }
}
