package io.taskfleet.worker;

import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.timer.Relay;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the engine last and drains it first, while all it works with is still there. */
final class EngineLifecycle implements SmartLifecycle {
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

  private final Engine engine;
  private final Relay relay;
  private final List<Round> rounds;
  private final StatusCache cache;
  private final Duration drainDeadline;
  private volatile boolean running;

  EngineLifecycle(
      Engine engine, Relay relay, List<Round> rounds, StatusCache cache, Duration drainDeadline) {
    this.engine = engine;
    this.relay = relay;
    this.rounds = rounds;
    this.cache = cache;
    this.drainDeadline = drainDeadline;
  }

  @Override
  public void start() {
    cache.start();
    engine.start();
    relay.start();
    rounds.forEach(Round::start);
    running = true;
  }

  @Override
  public void stop() {
    try {
      log.info("draining, at most {}", drainDeadline);
      long end = System.nanoTime() + drainDeadline.toNanos();
      engine.drain(drainDeadline);
      rounds.forEach(Round::stop);
      for (Round round : rounds) {
        round.drain(FAREWELL);
      }
      boolean _ = relay.drain(until(end));
      log.info("drained");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running = false;
    }
  }

  private static Duration until(long end) {
    return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
