package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.taskfleet.gateway.live.Waiters;
import io.taskfleet.gateway.redis.Tracking;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.wire.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for tasks to change, for everybody at once. Its own thread looks in Redis at the tasks of
 * which {@link Tracking} says that they have changed, a slice at a time, and now and then at all of
 * them: often, when Redis does not tell of changes. It asks Postgres when Redis is away, and now
 * and then in any case, since Redis may have missed something. With nobody waiting it sleeps.
 */
final class TaskWatcher implements SmartLifecycle, Tracking.Listener {
  private final StatusCache cache;
  private final StatusCache tracked;
  private final TaskRows rows;
  private final StatusProperties properties;
  private final Waiters<Seen> watched = new Waiters<>(Seen.NOTHING);
  private final Queue<UUID> changed = new ConcurrentLinkedQueue<>();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("task-watcher").unstarted(this::run);
  private final AtomicBoolean lookingAtRows = new AtomicBoolean();
  private volatile boolean told;
  private volatile boolean roundDue;
  private volatile boolean closed;

  // The watcher's thread only.
  private long roundNanos = System.nanoTime();
  private long rowsNanos = System.nanoTime();

  /**
   * A watcher.
   *
   * @param tracked where each read brings word of the next change. It is read only of tasks that
   *     were seen unfinished, since Redis remembers a read until the change comes.
   */
  TaskWatcher(StatusCache cache, StatusCache tracked, TaskRows rows, StatusProperties properties) {
    this.cache = cache;
    this.tracked = tracked;
    this.rows = rows;
    this.properties = properties;
  }

  /** One who waits for a task, until it is closed. */
  final class Watch implements AutoCloseable {
    private final UUID id;
    private final Waiters<Seen>.Waiter waiter;

    private Watch(UUID id) {
      this.id = id;
      this.waiter = watched.join(id);
    }

    /** Waits until the task seems to have ended, at most this long. */
    Optional<Seen.End> awaitEnd(Duration time) throws InterruptedException {
      hearOfChanges();
      return waiter.await(seen -> seen.end().isPresent(), time).flatMap(Seen::end);
    }

    /** Waits until more has been seen of the task than this, at most this long. */
    Seen awaitChange(Seen before, Duration time) throws InterruptedException {
      if (before.equals(Seen.NOTHING)) {
        hearOfChanges();
      }
      return waiter.await(seen -> !seen.equals(before), time).orElse(before);
    }

    private void hearOfChanges() {
      if (isTold() && !watched.isClosed()) {
        look(tracked, List.of(id));
      }
    }

    /** Whether anything will be told of the task. */
    boolean isOpen() {
      return !watched.isClosed();
    }

    @Override
    public void close() {
      waiter.close();
    }
  }

  /** Watches a task from now on. */
  Watch watch(UUID id) {
    Watch watch = new Watch(id);
    LockSupport.unpark(thread);
    return watch;
  }

  /** Whether somebody waits for this task. */
  boolean isWatched(UUID id) {
    return watched.waitFor(id);
  }

  /** What was read of this task may not be true any more. */
  void changed(UUID id) {
    if (watched.waitFor(id)) {
      changed.add(id);
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void changed(String key) {
    RedisKeys.taskOf(key).ifPresent(this::changed);
  }

  @Override
  public void allChanged() {
    roundDue = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void begins(boolean toldOfChanges) {
    told = toldOfChanges;
    allChanged();
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive() && !closed;
  }

  /**
   * Lets everybody go who waits, and watches no more. This comes before the server waits for its
   * requests to end, as the default phase is the last to start and the first to stop.
   */
  @Override
  public void stop() {
    closed = true;
    LockSupport.unpark(thread);
    watched.close();
  }

  private void run() {
    while (!closed) {
      if (watched.isEmpty()) {
        LockSupport.park(this);
        roundNanos = System.nanoTime() + untilNextRound().toNanos();
        continue;
      }
      beginRoundIfDue();
      List<UUID> slice = nextSlice();
      rest(slice.isEmpty() ? 0 : look(slice));
    }
  }

  private void beginRoundIfDue() {
    long now = System.nanoTime();
    if (roundDue || (now - roundNanos >= 0 && (isTold() || changed.isEmpty()))) {
      roundDue = false;
      changed.addAll(watched.ids());
      roundNanos = now + untilNextRound().toNanos();
    }
    if (now - rowsNanos >= 0) {
      Duration pause =
          cache.isReachable() ? properties.rowsEvery() : properties.rowsEveryWithoutRedis();
      rowsNanos = now + pause.toNanos();
      if (lookingAtRows.compareAndSet(false, true)) {
        // Elsewhere: a slow Postgres must not hold up what Redis tells.
        Thread.ofVirtual().name("task-watcher-rows").start(this::lookAtRows);
      }
    }
  }

  private Duration untilNextRound() {
    if (!cache.isReachable()) {
      return properties.rowsEveryWithoutRedis();
    }
    return isTold() ? properties.rowsEvery() : properties.every();
  }

  private boolean isTold() {
    return told && tracked.isReachable();
  }

  private List<UUID> nextSlice() {
    Set<UUID> slice = new LinkedHashSet<>();
    for (UUID id = changed.poll(); id != null; id = changed.poll()) {
      if (watched.waitFor(id)) {
        slice.add(id);
      }
      if (slice.size() == properties.slice()) {
        break;
      }
    }
    return List.copyOf(slice);
  }

  private long look(List<UUID> slice) {
    Look first = look(cache, slice);
    return isTold() && !first.unfinished.isEmpty()
        ? first.bytes + look(tracked, first.unfinished).bytes
        : first.bytes;
  }

  /** What was read, and of whom no end. */
  private record Look(List<UUID> unfinished, long bytes) {}

  private Look look(StatusCache where, List<UUID> ids) {
    Optional<List<KeyValue<String, byte[]>>> answer = where.findAll(ids);
    if (answer.isEmpty()) {
      return new Look(ids, 0);
    }
    List<KeyValue<String, byte[]>> found = answer.get();
    List<UUID> unfinished = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < ids.size(); i++) {
      byte @Nullable [] json = found.get(i).getValueOrElse(null);
      bytes += json == null ? 0 : json.length;
      boolean ended = json != null && StateProbe.hasEnded(json);
      if (json != null) {
        watched.tell(ids.get(i), seen -> seen.inRedis(json, ended));
      }
      if (!ended) {
        unfinished.add(ids.get(i));
      }
    }
    return new Look(unfinished, bytes);
  }

  private void rest(long bytes) {
    long until = System.nanoTime() + properties.pauseAfter(bytes).toNanos();
    for (long left = until - System.nanoTime();
        !closed && left > 0;
        left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    if (!isTold() || !cache.isReachable()) {
      LockSupport.parkNanos(this, properties.every().toNanos());
    } else if (changed.isEmpty() && !roundDue) {
      LockSupport.parkNanos(this, Math.min(roundNanos, rowsNanos) - System.nanoTime());
    }
  }

  private void lookAtRows() {
    try {
      rows.glance(watched.ids())
          .forEach(row -> watched.tell(row.id(), seen -> seen.inPostgres(row)));
    } catch (ProblemException away) {
      // Asked again next time.
    } finally {
      lookingAtRows.set(false);
    }
  }
}
