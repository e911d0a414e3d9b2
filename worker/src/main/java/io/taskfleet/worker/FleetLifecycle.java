package io.taskfleet.worker;

import io.taskfleet.worker.fleet.Caps;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.Heartbeat;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Is there before the engine starts and until it has drained: a paused type must not begin, and
 * what still runs uses permits.
 */
final class FleetLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  private final Controls controls;
  private final Caps caps;
  private final Heartbeat heartbeat;
  private volatile boolean running;

  FleetLifecycle(Controls controls, Caps caps, Heartbeat heartbeat) {
    this.controls = controls;
    this.caps = caps;
    this.heartbeat = heartbeat;
  }

  /** Just below the engine's. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }

  @Override
  public void start() {
    controls.start();
    caps.start();
    heartbeat.start();
    running = true;
  }

  /** Comes before anything is stopped. */
  @Override
  public void onApplicationEvent(ContextClosedEvent closing) {
    heartbeat.drain();
  }

  @Override
  public void stop() {
    caps.close();
    heartbeat.close();
    controls.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
