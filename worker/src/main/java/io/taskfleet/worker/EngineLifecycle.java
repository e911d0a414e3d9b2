package io.taskfleet.worker;

import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.rollup.Rollups;
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
  private final Rounds rounds;
  private final StatusCache cache;
  private final TopicCreation topics;
  private final Duration drainDeadline;
  private volatile boolean running;

  /** What goes round beside the engine. */
  record Rounds(Relay relay, Redrives redrives, Rollups rollups) {
    private void start() {
      relay.start();
      redrives.start();
      rollups.start();
    }

    private void drain(long end) throws InterruptedException {
      redrives.drain(until(end));
      rollups.drain(until(end));
      boolean _ = relay.drain(until(end));
    }

    private static Duration until(long end) {
      return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }
  }

  EngineLifecycle(
      Engine engine,
      Rounds rounds,
      StatusCache cache,
      TopicCreation topics,
      Duration drainDeadline) {
    this.topics = topics;
    this.engine = engine;
    this.rounds = rounds;
    this.cache = cache;
    this.drainDeadline = drainDeadline;
  }

  @Override
  public void start() {
    topics.start();
    cache.start();
    engine.start();
    rounds.start();
    running = true;
  }

  @Override
  public void stop() {
    topics.stop();
    try {
      log.info("draining, at most {}", drainDeadline);
      long end = System.nanoTime() + drainDeadline.toNanos();
      engine.drain(drainDeadline);
      rounds.drain(end);
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
