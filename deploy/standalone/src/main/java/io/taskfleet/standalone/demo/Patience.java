package io.taskfleet.standalone.demo;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waiting with an end. */
final class Patience {
  /** The longest that anything is waited for. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final long POLL_MILLIS = 50;

  private Patience() {}

  /** Asks again and again until the answer is yes; answers whether it ever was. */
  static boolean until(Duration limit, Callable<Boolean> question) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!question.call()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }
}
