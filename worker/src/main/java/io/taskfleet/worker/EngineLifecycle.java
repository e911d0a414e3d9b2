package io.taskfleet.worker;

import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.timer.Redrives;
import io.taskfleet.worker.timer.Relay;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the engine last and drains it first, while all it works with is still there. */
final class EngineLifecycle implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

  private final Engine engine;
  private final Relay relay;
  private final Redrives redrives;
  private final StatusCache cache;
  private final TopicCreation topics;
  private final Duration drainDeadline;
  private volatile boolean running;

  EngineLifecycle(
      Engine engine,
      Relay relay,
      Redrives redrives,
      StatusCache cache,
      TopicCreation topics,
      Duration drainDeadline) {
    this.topics = topics;
    this.engine = engine;
    this.relay = relay;
    this.redrives = redrives;
    this.cache = cache;
    this.drainDeadline = drainDeadline;
  }

  @Override
  public void start() {
    topics.start();
    cache.start();
    engine.start();
    relay.start();
    redrives.start();
    running = true;
  }

  @Override
  public void stop() {
    topics.stop();
    try {
      log.info("draining, at most {}", drainDeadline);
      long end = System.nanoTime() + drainDeadline.toNanos();
      engine.drain(drainDeadline);
      redrives.drain(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      boolean _ = relay.drain(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      log.info("drained");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running = false;
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
