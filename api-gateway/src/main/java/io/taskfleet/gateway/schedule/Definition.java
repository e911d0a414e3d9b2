package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Timing;
import java.time.Instant;

/** What its owner says of a schedule. */
record Definition(String name, Timing timing, CatchUp catchUp, boolean enabled, Template task) {

  /**
   * When it fires first after this time.
   *
   * @throws ProblemException if it never does
   */
  Instant firstAfter(Instant now) {
    Instant first = timing.next(now).orElseThrow(this::neverFires);
    Instant end = task.options().expiresAt();
    if (end != null && !first.isBefore(end)) {
      throw ProblemException.refused("/task/expires_at", "must lie after the first firing");
    }
    return first;
  }

  private ProblemException neverFires() {
    return timing instanceof Timing.At
        ? ProblemException.refused("/at", "must lie in the future")
        : ProblemException.refused("/cron", "never fires");
  }
}
