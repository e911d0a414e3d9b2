package io.taskfleet.client;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks for a thing with the wish that the answer come when it has ended. */
record LongPoll(Transport transport) {
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
  // What an answer may take that was due when the time was up.
  private static final Duration GRACE = Duration.ofSeconds(3);

  /** The thing when it has ended, or when the time is up. */
  <T> T until(String path, Class<T> type, Predicate<T> isFinal, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Duration wait = shorter(left, longest());
      T value = ask(path, type, isFinal, wait, left.plus(GRACE));
      if (isFinal.test(value) || end - System.nanoTime() <= 0) {
        return value;
      }
    }
  }

  /** The thing, each time it has changed. */
  <T> Watching.Polling<T> changes(String path, Class<T> type, Predicate<T> isFinal) {
    return last -> changed(path, type, isFinal, last);
  }

  private <T> T changed(String path, Class<T> type, Predicate<T> isFinal, @Nullable T last) {
    Duration patience = transport.backoff().policy().deadline();
    Duration wait = last == null ? Duration.ZERO : BETWEEN_LOOKS;
    while (true) {
      T value = ask(path, type, isFinal, wait, patience);
      if (!value.equals(last)) {
        return value;
      }
    }
  }

  private <T> T ask(
      String path, Class<T> type, Predicate<T> isFinal, Duration wait, Duration within) {
    String query = wait.toMillis() > 0 ? "?wait=" + wait.toMillis() + "ms" : "";
    Call call = Call.get(path + query).within(within);
    long asked = System.nanoTime();
    T value = transport.send(call, type);
    long early = wait.toNanos() - (System.nanoTime() - asked);
    // A gateway that will not wait must not be asked without pause.
    if (!isFinal.test(value) && early > wait.toNanos() / 2) {
      transport.rest(shorter(Duration.ofNanos(early), BETWEEN_LOOKS), call, 1);
    }
    return value;
  }

  private Duration longest() {
    return shorter(LONGEST, transport.attemptTimeout().multipliedBy(2).dividedBy(3));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
