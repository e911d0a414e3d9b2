package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for tasks to end, for everybody at once. Its own thread looks in Redis at the tasks of
 * which {@link Tracking} says that they have changed, a slice at a time, and now and then at all of
 * them: often, when Redis does not tell of changes. It asks Postgres when Redis is away, and now
 * and then in any case, since Redis may have missed an end. With nobody waiting it sleeps.
 */
final class EndWatcher implements SmartLifecycle, Tracking.Listener {
  private final StatusCache cache;
  private final StatusCache tracked;
  private final TaskRows rows;
  private final StatusProperties properties;
  private final ConcurrentMap<UUID, Watched> watched = new ConcurrentHashMap<>();
  private final Queue<UUID> changed = new ConcurrentLinkedQueue<>();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("end-watcher").unstarted(this::run);
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
  EndWatcher(StatusCache cache, StatusCache tracked, TaskRows rows, StatusProperties properties) {
    this.cache = cache;
    this.tracked = tracked;
    this.rows = rows;
    this.properties = properties;
  }

  /** Those who wait for one task; guarded by its entry in the map. */
  private record Watched(CompletableFuture<End> ended, int waiters) {
    Watched plus(int more) {
      return new Watched(ended, waiters + more);
    }
  }

  /** That a task has ended, with its status if Redis has it. */
  record End(Optional<byte[]> cached) {
    private static final End SEEN_IN_POSTGRES = new End(Optional.empty());
  }

  /** One who waits for a task, until it is closed. */
  final class Watch implements AutoCloseable {
    private final UUID id;
    private final CompletableFuture<End> ended;

    private Watch(UUID id, CompletableFuture<End> ended) {
      this.id = id;
      this.ended = ended;
    }

    /** Waits until the task seems to have ended, at most this long. */
    Optional<End> await(Duration time) throws InterruptedException {
      if (closed) {
        return Optional.empty();
      }
      if (isTold()) {
        look(tracked, List.of(id));
      }
      try {
        return Optional.of(ended.get(time.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException | ExecutionException | CancellationException timeIsUp) {
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      watched.computeIfPresent(id, (key, now) -> now.waiters() == 1 ? null : now.plus(-1));
    }
  }

  /** Watches a task from now on. */
  Watch watch(UUID id) {
    Watched now =
        watched.compute(
            id,
            (key, before) ->
                before == null ? new Watched(new CompletableFuture<>(), 1) : before.plus(1));
    LockSupport.unpark(thread);
    return new Watch(id, now.ended());
  }

  /** Whether somebody waits for this task. */
  boolean isWatched(UUID id) {
    return watched.containsKey(id);
  }

  /** What was read of this task may not be true any more. */
  void changed(UUID id) {
    if (watched.containsKey(id)) {
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
    watched.values().forEach(each -> each.ended().cancel(false));
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
      changed.addAll(watched.keySet());
      roundNanos = now + untilNextRound().toNanos();
    }
    if (now - rowsNanos >= 0) {
      Duration pause =
          cache.isReachable() ? properties.rowsEvery() : properties.rowsEveryWithoutRedis();
      rowsNanos = now + pause.toNanos();
      if (lookingAtRows.compareAndSet(false, true)) {
        // Elsewhere: a slow Postgres must not hold up what Redis tells.
        Thread.ofVirtual().name("end-watcher-rows").start(this::lookAtRows);
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
      if (watched.containsKey(id)) {
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
      if (json != null && StateProbe.hasEnded(json)) {
        release(ids.get(i), new End(Optional.of(json)));
      } else {
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
      rows.ended(Set.copyOf(watched.keySet())).forEach(id -> release(id, End.SEEN_IN_POSTGRES));
    } catch (ProblemException away) {
      // Asked again next time.
    } finally {
      lookingAtRows.set(false);
    }
  }

  private void release(UUID id, End end) {
    Watched each = watched.get(id);
    if (each != null) {
      each.ended().complete(end);
    }
  }
}
