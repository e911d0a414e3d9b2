package io.taskfleet.worker.timer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;

/** What is shown of a relay and of the schedules it fires. */
public record RelayMeters(Relay relay, Schedules schedules) implements MeterBinder {
  /** Due tasks put back on their topics. */
  public static final String MOVED = "taskfleet.relay.moved";

  /** Firings of schedules: how many, and how late. */
  public static final String SCHEDULE_LAG = "taskfleet.schedule.lag";

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder(MOVED, relay, Relay::moved)
        .description("Due tasks put back on their topics")
        .register(registry);
    FunctionTimer.builder(
            SCHEDULE_LAG, schedules, Schedules::fired, Schedules::lagMillis, TimeUnit.MILLISECONDS)
        .description("Firings of schedules, and the time from when they were due to their task")
        .register(registry);
  }
}
