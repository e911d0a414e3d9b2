package io.taskfleet.gateway.live;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Those who wait for news of things, and what is known of each of these things. Whoever has news
 * tells it once, for everybody.
 *
 * @param <K> what is known of a thing; values are compared
 */
public final class Waiters<K> {
  private final K unknown;
  private final ConcurrentMap<UUID, Subject> subjects = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Nobody yet.
   *
   * @param unknown what is known of a thing at first
   */
  public Waiters(K unknown) {
    this.unknown = unknown;
  }

  private final class Subject {
    // Guarded by the entry in the map.
    private int waiters;
    // Guarded by this.
    private K known = unknown;

    private synchronized void tell(UnaryOperator<K> news) {
      K now = news.apply(known);
      if (!now.equals(known)) {
        known = now;
        notifyAll();
      }
    }

    private synchronized Optional<K> await(Predicate<K> wanted, Duration time)
        throws InterruptedException {
      long until = System.nanoTime() + time.toNanos();
      while (!closed && !wanted.test(known)) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return Optional.empty();
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return closed ? Optional.empty() : Optional.of(known);
    }

    private synchronized void wake() {
      notifyAll();
    }
  }

  /** One who waits for news of one thing, until it is closed. */
  public final class Waiter implements AutoCloseable {
    private final UUID id;
    private final Subject subject;

    private Waiter(UUID id, Subject subject) {
      this.id = id;
      this.subject = subject;
    }

    /** Waits until this is known, at most this long; not at all when nothing is told any more. */
    public Optional<K> await(Predicate<K> wanted, Duration time) throws InterruptedException {
      return subject.await(wanted, time);
    }

    @Override
    public void close() {
      subjects.computeIfPresent(id, (key, its) -> --its.waiters == 0 ? null : its);
    }
  }

  /** Waits for news of this thing from now on. */
  public Waiter join(UUID id) {
    Subject subject =
        subjects.compute(
            id,
            (key, before) -> {
              Subject its = before == null ? new Subject() : before;
              its.waiters++;
              return its;
            });
    return new Waiter(id, subject);
  }

  /** Tells those who wait for it what is known of this thing now, given what was known. */
  public void tell(UUID id, UnaryOperator<K> news) {
    Subject subject = subjects.get(id);
    if (subject != null) {
      subject.tell(news);
    }
  }

  /** Whether somebody waits for this thing. */
  public boolean waitFor(UUID id) {
    return subjects.containsKey(id);
  }

  /** The things somebody waits for. */
  public Set<UUID> ids() {
    return Set.copyOf(subjects.keySet());
  }

  /** Whether nobody waits. */
  public boolean isEmpty() {
    return subjects.isEmpty();
  }

  /** Whether nothing is told any more. */
  public boolean isClosed() {
    return closed;
  }

  /** Lets everybody go. */
  public void close() {
    closed = true;
    subjects.values().forEach(Subject::wake);
  }
}
