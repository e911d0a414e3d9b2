package io.taskfleet.gateway.health;

import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * All servers this gateway needs. Starts before the HTTP server does and lets it wait a moment for
 * Kafka, so that the first task finds its topic; without Kafka the start goes on all the same.
 */
final class Servers implements SmartLifecycle, HealthIndicator {
  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final WatchedServer database;
  private final WatchedServer cache;
  private final WatchedServer taskQueue;
  private final HealthProperties properties;
  private final ScheduledExecutorService background;
  private volatile boolean running;

  Servers(
      WatchedServer database,
      WatchedServer cache,
      WatchedServer taskQueue,
      HealthProperties properties,
      ScheduledExecutorService background) {
    this.database = database;
    this.cache = cache;
    this.taskQueue = taskQueue;
    this.properties = properties;
    this.background = background;
  }

  boolean isDatabaseUp() {
    return database.isUp();
  }

  boolean isCacheUp() {
    return cache.isUp();
  }

  boolean isTaskQueueUp() {
    return taskQueue.isUp();
  }

  /** For readiness: a gateway that cannot accept should get no requests. */
  @Override
  public Health health() {
    return (isTaskQueueUp() ? Health.up() : Health.outOfService()).build();
  }

  @Override
  public void start() {
    running = true;
    taskQueue.watch(background);
    database.watch(background);
    cache.watch(background);
    try {
      taskQueue.awaitFirstAnswer(properties.startup());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("Interrupted while waiting for Kafka");
    }
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
