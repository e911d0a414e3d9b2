package io.taskfleet.worker.attempt;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How many attempts at tasks of one type make sense now, and the threads they run on.
 *
 * @param threads start what they are given at once, as long as that is no more than the gate says
 */
public record Capacity(Gate gate, Executor threads) {
  private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

  /** Attempts that mostly wait: each has a virtual thread of its own. */
  public static Capacity waiting(Gate gate) {
    return new Capacity(gate, Thread::startVirtualThread);
  }

  /**
   * Attempts that compute: they share so many platform threads, so that they neither starve those
   * that wait of carriers nor wait for a thread while their deadline passes.
   */
  public static Capacity computing(String type, int most, Gate gate) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            most,
            most,
            KEPT_IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("attempt-" + type + "-", 1).factory());
    // Nobody has to end them: idle ones go by themselves.
    threads.allowCoreThreadTimeOut(true);
    return new Capacity(() -> Math.min(most, gate.limit()), threads);
  }
}
