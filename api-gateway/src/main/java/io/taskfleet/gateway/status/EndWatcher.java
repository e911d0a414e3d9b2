package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.SmartLifecycle;

/**
 * Waits for tasks to end, for everybody at once. Its own thread asks Redis about all the tasks that
 * are waited for, a slice at a time; it asks Postgres when Redis is away, and now and then in any
 * case, since Redis may have missed an end. With nobody waiting it sleeps.
 */
final class EndWatcher implements SmartLifecycle {
  private final StatusCache cache;
  private final TaskRows rows;
  private final StatusProperties properties;
  private final ConcurrentMap<UUID, Watch> watches = new ConcurrentHashMap<>();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("end-watcher").unstarted(this::run);
  private volatile boolean closed;

  // The watcher's thread only.
  private Iterator<UUID> round = List.<UUID>of().iterator();
  private long rowsDueNanos = System.nanoTime();

  EndWatcher(StatusCache cache, TaskRows rows, StatusProperties properties) {
    this.cache = cache;
    this.rows = rows;
    this.properties = properties;
  }

  /** Those who wait for one task; guarded by its entry in the map. */
  private record Watch(String tenant, CountDownLatch ended, int waiters) {
    Watch plus(int more) {
      return new Watch(tenant, ended, waiters + more);
    }
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive() && !closed;
  }

  /** Waits until the task seems to have ended, or the time is up; answers whether it has ended. */
  boolean await(String tenant, UUID id, Duration time) throws InterruptedException {
    Watch watch =
        watches.compute(
            id,
            (key, now) -> now == null ? new Watch(tenant, new CountDownLatch(1), 1) : now.plus(1));
    LockSupport.unpark(thread);
    try {
      return !closed && watch.ended().await(time.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      watches.computeIfPresent(id, (key, now) -> now.waiters() == 1 ? null : now.plus(-1));
    }
  }

  /** Whether somebody waits for this task. */
  boolean isWatched(UUID id) {
    return watches.containsKey(id);
  }

  /**
   * Lets everybody go who waits, and watches no more. This comes before the server waits for its
   * requests to end, as the default phase is the last to start and the first to stop.
   */
  @Override
  public void stop() {
    closed = true;
    LockSupport.unpark(thread);
    watches.values().forEach(watch -> watch.ended().countDown());
  }

  private void run() {
    while (!closed) {
      if (watches.isEmpty()) {
        LockSupport.park(this);
        continue;
      }
      long bytes = look();
      Duration pause = properties.pauseAfter(bytes);
      LockSupport.parkNanos(this, pause.toNanos());
    }
  }

  private long look() {
    List<UUID> slice = nextSlice();
    Optional<List<KeyValue<String, byte[]>>> values =
        slice.isEmpty() ? Optional.of(List.of()) : cache.findAll(slice);
    boolean rowsDue = System.nanoTime() - rowsDueNanos >= 0;
    if (rowsDue) {
      lookAtRows(values.isPresent() ? properties.rowsEvery() : properties.rowsEveryWithoutRedis());
    }
    return values.map(found -> release(slice, found)).orElse(0L);
  }

  private List<UUID> nextSlice() {
    if (!round.hasNext()) {
      round = watches.keySet().iterator();
    }
    List<UUID> slice = new ArrayList<>();
    while (round.hasNext() && slice.size() < properties.slice()) {
      slice.add(round.next());
    }
    return slice;
  }

  private long release(List<UUID> slice, List<KeyValue<String, byte[]>> found) {
    long bytes = 0;
    for (int i = 0; i < found.size(); i++) {
      byte[] json = found.get(i).getValueOrElse(null);
      if (json != null) {
        bytes += json.length;
        if (StateProbe.hasEnded(json)) {
          release(slice.get(i));
        }
      }
    }
    return bytes;
  }

  private void lookAtRows(Duration next) {
    Set<UUID> ids = new HashSet<>();
    Set<String> tenants = new HashSet<>();
    watches.forEach(
        (id, watch) -> {
          ids.add(id);
          tenants.add(watch.tenant());
        });
    try {
      rows.ended(ids, tenants).forEach(this::release);
    } catch (ProblemException away) {
      // Asked again next time.
    }
    rowsDueNanos = System.nanoTime() + next.toNanos();
  }

  private void release(UUID id) {
    Watch watch = watches.get(id);
    if (watch != null) {
      watch.ended().countDown();
    }
  }
}
