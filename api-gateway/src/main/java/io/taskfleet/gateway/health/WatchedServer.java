package io.taskfleet.gateway.health;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server that is asked regularly whether it is there. */
final class WatchedServer {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedServer.class);

  private final String name;
  private final Question question;
  private final HealthProperties properties;
  private final CountDownLatch heard = new CountDownLatch(1);

  // Written by the task that asks.
  private volatile boolean answered;
  private volatile long answeredAtNanos;

  WatchedServer(String name, Question question, HealthProperties properties) {
    this.name = name;
    this.question = question;
    this.properties = properties;
  }

  /** What the server is asked; every failure means that it is not there. */
  @FunctionalInterface
  interface Question {
    boolean ask(Duration patience) throws Exception;
  }

  void watch(ScheduledExecutorService background) {
    var _ =
        background.scheduleWithFixedDelay(
            this::ask, 0, properties.every().toMillis(), TimeUnit.MILLISECONDS);
  }

  void awaitFirstAnswer(Duration patience) throws InterruptedException {
    if (!heard.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      LOG.warn("{} has not answered yet", name);
    }
  }

  boolean isUp() {
    return answered && System.nanoTime() - answeredAtNanos < properties.overdue().toNanos();
  }

  private void ask() {
    boolean now = false;
    try {
      now = question.ask(properties.patience());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception away) {
      LOG.debug("{} does not answer", name, away);
    }
    if (now != answered || heard.getCount() > 0) {
      LOG.info("{} is {}", name, now ? "up" : "down");
    }
    answeredAtNanos = System.nanoTime();
    answered = now;
    heard.countDown();
  }
}
