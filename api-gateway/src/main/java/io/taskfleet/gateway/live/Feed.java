package io.taskfleet.gateway.live;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest lifecycle events of the tenants to whom somebody listens. One thread reads them for
 * all ({@link FeedReader}), as long as somebody does. What does not fit is forgotten, the oldest
 * first; who had not heard it has to read it from Kafka.
 */
final class Feed {
  private static final int AT_ONCE = 64;
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final Condition begun = lock.newCondition();

  // All of these are guarded by the lock.
  private final Map<String, Audience> audiences = new HashMap<>();
  private final Deque<Kept> kept = new ArrayDeque<>();
  private @Nullable Following following;
  private long bytes;
  private long nextNumber;
  private int listeners;
  private boolean closed;

  Feed(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** That the topic is being read: which one, the first offsets that are there, what comes next. */
  private static final class Following {
    private final long topic;
    private final Offsets first;
    private final Offsets read;

    private Following(long topic, Offsets first, Offsets read) {
      this.topic = topic;
      this.first = first.copy();
      this.read = read.copy();
    }
  }

  private record Kept(long number, LifecycleEvent event) {}

  /** Those who listen to one tenant. */
  private final class Audience {
    private final Condition news = lock.newCondition();
    private final NavigableMap<Long, LifecycleEvent> events = new TreeMap<>();
    private int listeners;
    private long forgotten = -1;
  }

  /**
   * What a listener has heard.
   *
   * @param missed whether what comes next has been forgotten, or was never read
   * @param upTo where the topic has been read to, if there was no more of this tenant
   */
  record Heard(List<LifecycleEvent> events, boolean missed, @Nullable Offsets upTo) {
    private static final Heard MISSED = new Heard(List.of(), true, null);
  }

  /** One who listens to a tenant, until it is closed. */
  final class Listener implements AutoCloseable {
    private final String tenant;
    private final Audience audience;
    private final Following place;
    private final Offsets from;
    private long next = nextNumber;

    private Listener(String tenant, Following place) {
      this.tenant = tenant;
      this.place = place;
      this.from = place.read.copy();
      this.audience = audiences.computeIfAbsent(tenant, name -> new Audience());
      audience.listeners++;
    }

    /** Which topic it is. */
    long topic() {
      return place.topic;
    }

    /** From where on events are heard. */
    Offsets from() {
      return from;
    }

    /** Whether everything from there on is on the topic still. */
    boolean reachesBackTo(Offsets offsets) {
      return offsets.size() <= from.size() && !offsets.isBehind(place.first);
    }

    /** Waits for events, at most this long. */
    Heard hear(Duration time) throws InterruptedException {
      long left = time.toNanos();
      lock.lockInterruptibly();
      try {
        while (true) {
          if (!place.equals(following) || audience.forgotten >= next) {
            return Heard.MISSED;
          }
          NavigableMap<Long, LifecycleEvent> events = audience.events.tailMap(next, true);
          if (!events.isEmpty() || left <= 0) {
            return heard(events);
          }
          left = audience.news.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }

    private Heard heard(NavigableMap<Long, LifecycleEvent> events) {
      List<LifecycleEvent> heard = events.values().stream().limit(AT_ONCE).toList();
      if (heard.size() < events.size()) {
        next = events.keySet().stream().skip(AT_ONCE).findFirst().orElse(nextNumber);
        return new Heard(heard, false, null);
      }
      next = nextNumber;
      return new Heard(heard, false, place.read.copy());
    }

    @Override
    public void close() {
      lock.lock();
      try {
        listeners--;
        if (--audience.listeners == 0) {
          audiences.remove(tenant);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Listens to a tenant from now on.
   *
   * @param patience how long to wait until the topic is read
   * @return empty if that takes longer
   */
  Optional<Listener> join(String tenant, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      listeners++;
      wanted.signalAll();
      boolean joined = false;
      try {
        while (following == null && left > 0 && !closed) {
          left = begun.awaitNanos(left);
        }
        Following now = closed ? null : following;
        joined = now != null;
        return Optional.ofNullable(now).map(place -> new Listener(tenant, place));
      } finally {
        if (!joined) {
          listeners--;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** That the topic cannot be read at the moment. */
  static ProblemException away() {
    return ProblemException.unavailable(
        "events cannot be followed at the moment", ASK_AGAIN_AFTER_SECONDS);
  }

  /** Waits until somebody wants to listen; answers whether anybody ever will. */
  boolean awaitListeners() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (listeners == 0 && !closed) {
        wanted.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** The topic is read from here on. */
  void begin(long topic, Offsets first, Offsets read) {
    lock.lock();
    try {
      following = new Following(topic, first, read);
      begun.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** These are the first offsets that are there now. */
  void beginsAt(Offsets first) {
    lock.lock();
    try {
      if (following != null) {
        following.first.advance(first);
      }
    } finally {
      lock.unlock();
    }
  }

  /** These came, and the topic has been read up to here. */
  void add(List<LifecycleEvent> events, Offsets read) {
    lock.lock();
    try {
      for (LifecycleEvent event : events) {
        Audience audience = audiences.get(event.tenant());
        if (audience != null) {
          long number = nextNumber++;
          audience.events.put(number, event);
          kept.add(new Kept(number, event));
          bytes += event.bytes();
        }
      }
      while (bytes > mostBytes && !kept.isEmpty()) {
        forget(kept.remove());
      }
      if (following != null) {
        following.read.advance(read);
      }
      events.stream()
          .map(LifecycleEvent::tenant)
          .distinct()
          .map(audiences::get)
          .forEach(Feed::signal);
    } finally {
      lock.unlock();
    }
  }

  private void forget(Kept oldest) {
    bytes -= oldest.event.bytes();
    Audience audience = audiences.get(oldest.event.tenant());
    // Another audience of the same tenant may have left since.
    if (audience != null && audience.events.remove(oldest.number) != null) {
      audience.forgotten = oldest.number;
    }
  }

  private static void signal(@Nullable Audience audience) {
    if (audience != null) {
      audience.news.signalAll();
    }
  }

  /** The topic is not read any more, if nobody listens; answers whether that is so. */
  boolean pauseIfUnheard() {
    lock.lock();
    try {
      if (listeners == 0) {
        following = null;
      }
      return following == null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody listens. */
  boolean isHeard() {
    lock.lock();
    try {
      return listeners > 0;
    } finally {
      lock.unlock();
    }
  }

  /** The topic is not read any more, whoever listens: they have to come again. */
  void interrupt() {
    lock.lock();
    try {
      following = null;
      audiences.values().forEach(Feed::signal);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nobody is told anything any more. */
  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Lets everybody go. */
  void close() {
    lock.lock();
    try {
      closed = true;
      interrupt();
      wanted.signalAll();
      begun.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
