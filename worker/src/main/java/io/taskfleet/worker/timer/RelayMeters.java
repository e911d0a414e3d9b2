package io.taskfleet.worker.timer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** What is shown of a relay. */
public record RelayMeters(Relay relay) implements MeterBinder {
  /** Due tasks put back on their topics. */
  public static final String MOVED = "taskfleet.relay.moved";

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder(MOVED, relay, Relay::moved)
        .description("Due tasks put back on their topics")
        .register(registry);
  }
}
