package io.taskfleet.worker.fleet;

import io.taskfleet.worker.dependency.DependencyControl;
import io.taskfleet.worker.fleet.ControlRows.Found;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators have set in Postgres, as it was at the last look, and who was cancelled since. One
 * thread looks; anybody may read, without waiting and without garbage. While Postgres is away, what
 * was last seen goes on to hold. Listeners are called on the looking thread and must be quick.
 */
public final class Controls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Controls.class);

  /** A transaction that cancels may commit this long after the time it wrote into the row. */
  private static final Duration LATE_COMMIT = Duration.ofSeconds(30);

  /** Attempts do not last longer, so that there would be nobody to tell. */
  private static final Duration LONGEST_LOOK_BACK = Duration.ofMinutes(10);

  private static final Duration FIRST_LOOK = Duration.ofSeconds(3);
  private static final Duration STOP = Duration.ofSeconds(2);

  private final DataSource database;
  private final Set<String> types;
  private final Duration interval;
  private final DatabaseClock clock;
  private final Thread thread = Thread.ofPlatform().name("controls").unstarted(this::run);
  private final CountDownLatch looked = new CountDownLatch(1);
  private final List<Consumer<? super Collection<UUID>>> onCancelled = new CopyOnWriteArrayList<>();
  private final List<Consumer<? super Map<String, DependencyControl>>> onDependencies =
      new CopyOnWriteArrayList<>();

  // Written by the thread only.
  private volatile Snapshot snapshot = new Snapshot(Map.of(), List.of(), Map.of());
  private volatile Set<UUID> cancelledBatches = Set.of();
  private Set<UUID> told = Set.of();
  private long lastLook = System.nanoTime();

  private volatile boolean away;
  private volatile boolean stopped;

  private record Snapshot(
      Map<String, QueueControl> queues,
      List<Cap> caps,
      Map<String, DependencyControl> dependencies) {}

  /**
   * Controls that nobody has looked at yet.
   *
   * @param types those this worker works on
   * @param interval from one look to the next
   * @param clock is told at each look what time it is
   */
  public Controls(
      DataSource database, Collection<String> types, Duration interval, DatabaseClock clock) {
    this.database = database;
    this.types = Set.copyOf(types);
    this.interval = interval;
    this.clock = clock;
  }

  /** What is set for this type. */
  public QueueControl of(String type) {
    return snapshot.queues.getOrDefault(type, QueueControl.NONE);
  }

  /** The caps of all types this worker works on. */
  public List<Cap> caps() {
    return snapshot.caps;
  }

  /** What is set for dependencies. */
  public Map<String, DependencyControl> dependencies() {
    return snapshot.dependencies;
  }

  /** Whether what waits of this batch is not to run. */
  public boolean isCancelled(UUID batch) {
    return cancelledBatches.contains(batch);
  }

  /** Has this one told the ids of tasks that were cancelled, each once. */
  public void onCancelled(Consumer<? super Collection<UUID>> listener) {
    onCancelled.add(listener);
  }

  /** Has this one told what is set for dependencies, by name, now and whenever they change. */
  public void onDependencies(Consumer<? super Map<String, DependencyControl>> listener) {
    onDependencies.add(listener);
    tell(listener, snapshot.dependencies);
  }

  /**
   * Starts looking. Waits for the first answer, so that a paused queue is paused from the start and
   * the clock is right, but not long: without Postgres a worker starts all the same.
   */
  public void start() {
    thread.start();
    try {
      boolean _ = looked.await(FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops looking; twice is harmless. */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      if (thread.isAlive()) {
        boolean _ = thread.join(STOP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether Postgres did not answer at the last look. */
  public boolean isAway() {
    return away;
  }

  private void run() {
    while (!stopped) {
      try {
        look();
        if (away) {
          log.info("controls are read again");
        }
        away = false;
      } catch (SQLException | RuntimeException e) {
        if (!away) {
          log.warn("controls stay as they were last seen: {}", e.toString());
        }
        away = true;
      }
      looked.countDown();
      LockSupport.parkNanos(interval.toNanos());
    }
  }

  private void look() throws SQLException {
    long now = System.nanoTime();
    Found found;
    try (Connection connection = database.getConnection()) {
      Instant asked = clock.own();
      found = ControlRows.read(connection, types, lookBack(now));
      clock.told(found.time(), asked, clock.own());
    }
    lastLook = now;
    Snapshot before = snapshot;
    Snapshot after = snapshot(found);
    if (!after.equals(before)) {
      snapshot = after;
      log.info("operators have set {} and {}", after.queues, after.dependencies);
    }
    if (!after.dependencies.equals(before.dependencies)) {
      onDependencies.forEach(each -> tell(each, after.dependencies));
    }
    cancelledBatches = found.cancelledBatches();
    tellCancelled(found.cancelled());
  }

  private Duration lookBack(long now) {
    Duration back = LATE_COMMIT.plusNanos(now - lastLook);
    return back.compareTo(LONGEST_LOOK_BACK) < 0 ? back : LONGEST_LOOK_BACK;
  }

  private static Snapshot snapshot(Found found) {
    List<Cap> caps =
        found.queues().values().stream().flatMap(queue -> queue.caps().stream()).toList();
    return new Snapshot(found.queues(), caps, found.dependencies());
  }

  private void tellCancelled(Set<UUID> cancelled) {
    Set<UUID> news = new HashSet<>(cancelled);
    news.removeAll(told);
    told = cancelled;
    if (!news.isEmpty()) {
      onCancelled.forEach(each -> tell(each, news));
    }
  }

  /** One listener that fails must not keep the others from hearing. */
  private static <T> void tell(Consumer<? super T> listener, T news) {
    try {
      listener.accept(news);
    } catch (RuntimeException e) {
      log.error("what operators have set was not taken", e);
    }
  }
}
