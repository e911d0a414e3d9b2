package io.taskfleet.worker;

import io.taskfleet.worker.timer.Lateness;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How schedules are caught up with. The same in all workers.
 *
 * @param grace a firing later than this counts as missed; the schedule's own policy decides then
 * @param oldest a missed firing older than this is not made up for
 */
@ConfigurationProperties("taskfleet.worker.schedules")
record ScheduleProperties(@DefaultValue("1m") Duration grace, @DefaultValue("7d") Duration oldest) {

  ScheduleProperties {
    try {
      Object _ = new Lateness(grace, oldest);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("taskfleet.worker.schedules: " + e.getMessage(), e);
    }
  }

  Lateness lateness() {
    return new Lateness(grace, oldest);
  }
}
