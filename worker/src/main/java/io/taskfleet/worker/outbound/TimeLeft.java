package io.taskfleet.worker.outbound;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How much longer the call may take that a thread is making. Whoever aborts a call can close a
 * socket, but neither end a lookup nor keep the client from trying the next address.
 */
final class TimeLeft {
  private static final ScopedValue<Long> END = ScopedValue.newInstance();

  private TimeLeft() {}

  /**
   * Makes the call.
   *
   * @param end by {@code System.nanoTime}
   */
  static <T, X extends Throwable> T until(long end, ScopedValue.CallableOp<T, X> call) throws X {
    return ScopedValue.where(END, end).call(call);
  }

  /** So many nanoseconds, or those that are left, if they are fewer. */
  static long atMost(Duration wait) {
    long most = wait.toNanos();
    return END.isBound() ? Math.clamp(END.get() - System.nanoTime(), 0, most) : most;
  }

  /** The same in milliseconds, as sockets want them: not zero, which to them is for ever. */
  static int atMostMillis(int wait) {
    long millis = TimeUnit.NANOSECONDS.toMillis(atMost(Duration.ofMillis(wait)));
    return Math.max(1, Math.toIntExact(millis));
  }
}
