package io.taskfleet.worker.fleet;

import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This worker's part of limits that hold for the whole fleet. For each cap it holds a lease of some
 * permits in Redis, which one thread renews and which grows and shrinks with what this worker and
 * the others can use. Permits are taken and given back here, without waiting for Redis.
 * Thread-safe.
 *
 * <p><b>While Redis answers</b> the fleet uses no more than the limit, also when Redis is emptied,
 * restarted or replaced by a replica, as long as the clocks of Redis and of the workers pass time
 * at the same rate. Two things come on top until the attempts in question end: those above a limit
 * that was lowered, and those of a worker that was stopped or cut off for longer than its lease.
 * After Redis has lost its memory, leases do not grow for the time of one lease. Every worker that
 * wants a permit gets one in the end, also if there are more workers than permits: they take turns.
 *
 * <p><b>While Redis is away</b> leases hold until they expire. A little later, when those of all
 * others have expired too, every worker may use an equal part for each worker that had to do with
 * this cap when Redis last answered. So the limit holds for new attempts as far as that number
 * still holds; a worker that has never had an answer knows of no other, and one that alone is cut
 * off uses its part on top of what the others use.
 *
 * <p>Redis must not evict keys that were just used; with it, a cap that is evicted counts anew.
 */
public final class Caps implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Caps.class);

  /** An urgent renewal comes this much sooner than a regular one. */
  private static final int HURRY = 5;

  /** Turns in the time of a lease, when there are more workers than permits. */
  private static final int TURNS = 5;

  private static final Duration STOP = Duration.ofSeconds(3);

  private final LeaseTable table;
  private final Supplier<? extends Collection<Cap>> configured;
  private final Duration leaseTime;
  private final long every;
  private final Map<String, Runnable> wakeUps = new ConcurrentHashMap<>();
  private final Thread thread = Thread.ofPlatform().name("caps").unstarted(this::run);

  // Guarded by itself.
  private final Map<Cap.Id, Lease> leases = new HashMap<>();

  private volatile boolean stopped;

  // Used by the thread only.
  private boolean away;

  /**
   * Caps of which nothing is held yet.
   *
   * @param worker who holds leases
   * @param configured all caps of the types this worker works on, as they are now
   * @param leaseTime how long a lease holds that is not renewed
   * @param renewEvery how often it is renewed
   */
  public Caps(
      String worker,
      RedisLink redis,
      Supplier<? extends Collection<Cap>> configured,
      Duration leaseTime,
      Duration renewEvery) {
    // One that was started again is another: the lease of the one before it has to expire.
    String holder = worker + '/' + Long.toHexString(ThreadLocalRandom.current().nextLong());
    this.table = new LeaseTable(holder, redis, leaseTime, leaseTime.dividedBy(TURNS));
    this.configured = configured;
    this.leaseTime = leaseTime;
    this.every = renewEvery.toNanos();
  }

  /**
   * Has the loop of this type woken when a permit it was refused may be there now. Called on the
   * renewing thread, so it must not wait.
   */
  public void onGrant(String type, Runnable wakeUp) {
    wakeUps.put(type, wakeUp);
  }

  /**
   * Takes a permit. If there is none, that counts as demand, and {@link #onGrant} tells when to try
   * again.
   */
  public boolean tryTake(Cap cap) {
    long now = System.nanoTime();
    boolean hurries;
    synchronized (leases) {
      Lease lease = leases.get(cap.id());
      boolean isNew = lease == null;
      if (lease == null) {
        lease = new Lease(cap.limit(), leaseTime, now);
        leases.put(cap.id(), lease);
      }
      boolean urgentBefore = !isNew && lease.isUrgent();
      if (lease.tryTake(now)) {
        return true;
      }
      hurries = lease.isUrgent() && !urgentBefore;
    }
    if (hurries) {
      LockSupport.unpark(thread);
    }
    return false;
  }

  /** Takes a permit of each, or none at all. */
  public boolean tryTakeAll(List<Cap> caps) {
    for (int i = 0; i < caps.size(); i++) {
      if (!tryTake(caps.get(i))) {
        giveBackAll(caps.subList(0, i));
        return false;
      }
    }
    return true;
  }

  /** Gives back a permit of each. */
  public void giveBackAll(List<Cap> caps) {
    for (int i = 0; i < caps.size(); i++) {
      giveBack(caps.get(i));
    }
  }

  /**
   * Gives back a permit that was taken, also if the limit has changed since.
   *
   * @throws IllegalStateException if none was
   */
  public void giveBack(Cap cap) {
    synchronized (leases) {
      Lease lease = leases.get(cap.id());
      if (lease == null) {
        throw new IllegalStateException("no permit was taken of " + cap.id());
      }
      lease.giveBack();
    }
  }

  /** Permits of this cap that this worker uses now. */
  public int inUse(Cap.Id cap) {
    synchronized (leases) {
      Lease lease = leases.get(cap);
      return lease == null ? 0 : lease.inUse();
    }
  }

  /** Starts renewing. */
  public void start() {
    thread.start();
  }

  /** Gives up all leases; to be called when no attempt runs any more. Twice is harmless. */
  @Override
  public void close() {
    if (halt()) {
      try {
        table.release(known());
      } catch (RedisException e) {
        log.debug("leases are left to expire: {}", e.toString());
      }
    }
  }

  /** Stops renewing and leaves the leases to expire. Whether this was the first time. */
  boolean halt() {
    if (stopped) {
      return false;
    }
    stopped = true;
    LockSupport.unpark(thread);
    try {
      return !thread.isAlive() || thread.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    while (!stopped) {
      try {
        turn();
      } catch (RuntimeException e) {
        log.error("caps are not renewed", e);
      }
      LockSupport.parkNanos(every / HURRY);
    }
  }

  private void turn() {
    Collection<Cap.Id> over;
    synchronized (leases) {
      configure();
      over = chosen(Lease::isOver);
      leases.keySet().removeAll(over);
      if (over.isEmpty() && chosen(this::isDue).isEmpty() && table.isConnected()) {
        return;
      }
    }
    Map<Cap.Id, Lease.Request> asked = Map.of();
    try {
      // Before anything is promised: to connect may take long.
      table.connect();
      table.release(over);
      asked = requests();
      settle(table.renew(asked), asked.keySet());
      tellBack();
    } catch (RuntimeException e) {
      settle(Map.of(), asked.isEmpty() ? known() : asked.keySet());
      tellAway(e);
    }
  }

  private boolean isDue(Lease lease) {
    return lease.isDue(System.nanoTime(), every, every / HURRY);
  }

  /** To be called with the lock held. */
  private List<Cap.Id> chosen(Predicate<Lease> condition) {
    return leases.entrySet().stream()
        .filter(each -> condition.test(each.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Collection<Cap.Id> known() {
    synchronized (leases) {
      return List.copyOf(leases.keySet());
    }
  }

  private Map<Cap.Id, Lease.Request> requests() {
    Map<Cap.Id, Lease.Request> requests = new HashMap<>();
    synchronized (leases) {
      long now = System.nanoTime();
      leases.forEach(
          (cap, lease) -> {
            if (isDue(lease)) {
              requests.put(cap, lease.request(now));
            }
          });
    }
    return requests;
  }

  private void configure() {
    long now = System.nanoTime();
    Map<Cap.Id, Integer> limits =
        configured.get().stream().collect(Collectors.toMap(Cap::id, Cap::limit));
    limits.forEach(
        (cap, limit) -> leases.computeIfAbsent(cap, _ -> new Lease(limit, leaseTime, now)));
    leases.forEach(
        (cap, lease) -> {
          Integer limit = limits.get(cap);
          if (limit == null) {
            lease.withdraw();
          } else {
            lease.configure(limit);
          }
        });
  }

  private void settle(Map<Cap.Id, Lease.Grant> grants, Collection<Cap.Id> asked) {
    Set<String> types = new HashSet<>();
    synchronized (leases) {
      long now = System.nanoTime();
      for (Cap.Id cap : asked) {
        Lease lease = leases.get(cap);
        Lease.Grant grant = grants.get(cap);
        if (lease != null && (grant == null ? lease.missed(now) : lease.granted(grant, now))) {
          types.add(cap.type());
        }
      }
    }
    types.forEach(type -> wakeUps.getOrDefault(type, () -> {}).run());
  }

  private void tellBack() {
    if (away) {
      away = false;
      log.info("Redis is back, leases are renewed");
    }
  }

  private void tellAway(RuntimeException e) {
    if (!away) {
      away = true;
      log.warn("leases are not renewed; without them the last known workers share the caps", e);
    }
  }
}
