package io.taskfleet.worker.round;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something done again and again on a thread of its own, until it is over or stopped. */
public final class Round {
  private static final Logger log = LoggerFactory.getLogger(Round.class);

  private final String name;
  private final Duration pause;
  private final Turn turn;
  private final Thread thread;
  private volatile boolean over;

  /** What is done. */
  @FunctionalInterface
  public interface Turn {
    /** Does it once; answers how long to rest until the next time, null if there is none. */
    @Nullable Duration take() throws Exception;
  }

  /**
   * A round that has not begun.
   *
   * @param pause how long to rest after a turn that failed
   */
  public Round(String name, Duration pause, Turn turn) {
    this.name = name;
    this.pause = pause;
    this.turn = turn;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** What it is called, in logs and as a thread. */
  public String name() {
    return name;
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  /** Whether its thread has ended though it was neither over nor stopped. */
  public boolean hasDied() {
    return !over && thread.getState() == Thread.State.TERMINATED;
  }

  /** Takes no more turns; twice, and before the beginning, is harmless. */
  public void stop() {
    over = true;
    LockSupport.unpark(thread);
  }

  /** The same, and waits for the turn under way; gives it up at the deadline. */
  public void drain(Duration deadline) throws InterruptedException {
    stop();
    if (thread.isAlive() && !thread.join(deadline)) {
      thread.interrupt();
    }
  }

  private void run() {
    boolean failing = false;
    while (!over) {
      Duration rest = pause;
      try {
        Duration wanted = turn.take();
        failing = false;
        if (wanted == null) {
          over = true;
        } else {
          rest = wanted;
        }
      } catch (Exception e) {
        if (!failing) {
          log.warn("{} waits: {}", name, e.toString());
        }
        failing = true;
      }
      if (!over && rest.isPositive()) {
        LockSupport.parkNanos(rest.toNanos());
      }
    }
  }
}
