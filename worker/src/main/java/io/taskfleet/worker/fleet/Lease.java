package io.taskfleet.worker.fleet;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What this worker holds of one cap, and uses. Guarded by {@link Caps}; times are those of {@link
 * System#nanoTime}.
 *
 * <p>Redis never remembers less for this worker than {@code held}, until the lease expires; so
 * whatever stays within {@code held} is safe. To hold less is decided here first and told after.
 */
final class Lease {
  /** A task that was turned away is looked at again in less than this. */
  private static final long STILL_WAITING = TimeUnit.SECONDS.toNanos(1);

  /** What a worker that uses nothing yet may ask for. */
  private static final int FIRST_DEMAND = 8;

  /** How many times less often an idle lease is renewed. */
  static final int IDLE = 2;

  /** The part of a lease's time by which clocks may differ in what they count in that time. */
  private static final int CLOCKS = 50;

  /** The part of a lease's time by which others may have theirs longer. */
  static final int LATER = 4;

  private final long duration;
  private int limit;
  private boolean configured = true;

  private int inUse;
  private int peak;
  private int remembered;

  private int turnedAway;
  private long lastTurnedAway;
  private boolean waiting;

  private int held;
  private int target;
  private long validUntil;

  /** Redis is away and the lease has run out: the share of the last known fleet counts. */
  private boolean alone;

  /** A promise to take nothing is on its way to Redis. */
  private boolean frozen;

  private int workers = 1;
  private int rank;

  private int told;
  private boolean urgent = true;
  private long sentAt;

  Lease(int limit, Duration duration, long now) {
    this.limit = limit;
    this.duration = duration.toNanos();
    this.validUntil = now + this.duration;
    this.sentAt = now - this.duration;
    this.lastTurnedAway = now - STILL_WAITING;
  }

  /**
   * What Redis is asked.
   *
   * @param used no more is used until the answer is there
   * @param trusted no more is held if Redis has forgotten everything
   * @param want what could be used
   */
  record Request(int limit, int used, int trusted, int want) {}

  /**
   * What Redis answers.
   *
   * @param permits held from now on
   * @param target to be shrunk to
   * @param workers that have to do with the cap
   * @param rank of this one among them, from 0
   * @param young whether Redis has forgotten, and knows only part of the workers
   */
  record Grant(int permits, int target, int workers, int rank, boolean young) {}

  void configure(int newLimit) {
    limit = newLimit;
    configured = true;
  }

  /** The cap is not configured any more. */
  void withdraw() {
    configured = false;
  }

  boolean tryTake(long now) {
    if (inUse < allowance(now)) {
      inUse++;
      peak = Math.max(peak, inUse);
      return true;
    }
    turnedAway++;
    lastTurnedAway = now;
    waiting = true;
    // To ask sooner only helps where Redis does not know yet, or where there is nothing to work on.
    urgent |= !alone && (held == 0 || told <= held);
    return false;
  }

  void giveBack() {
    if (inUse == 0) {
      throw new IllegalStateException("a permit was given back twice");
    }
    inUse--;
    urgent |= !alone && target < held;
  }

  /** How many permits may be in use now. */
  private int allowance(long now) {
    if (frozen) {
      return 0;
    } else if (alone) {
      return share();
    }
    // Without an answer it is not known yet whether Redis is away or this process was stopped.
    return now - validUntil < 0 ? Math.min(held, target) : 0;
  }

  /** An equal part for each known worker, and what remains to the first of them. */
  private int share() {
    return limit / workers + (rank < limit % workers ? 1 : 0);
  }

  /** Begins a renewal; {@link #granted} or {@link #missed} ends it. */
  Request request(long now) {
    boolean lapsed = alone || now - validUntil >= 0;
    int trusted;
    if (lapsed) {
      // Others may have what this worker held. What it may use at all is what it uses.
      held = inUse;
      trusted = alone ? Math.max(inUse, share()) : inUse;
      frozen = true;
    } else {
      held = Math.max(inUse, Math.min(held, target));
      trusted = held;
    }
    sentAt = now;
    urgent = false;
    told = configured ? want(now) : inUse;
    return new Request(limit, held, trusted, told);
  }

  /** Demand grows by no more than what is used already, since the same task may ask many times. */
  private int want(long now) {
    remembered = Math.max(peak, remembered - Math.max(1, remembered >> 3));
    peak = inUse;
    int demand = 0;
    if (turnedAway > 0 || now - lastTurnedAway < STILL_WAITING) {
      demand = Math.min(Math.max(1, turnedAway), Math.max(FIRST_DEMAND, remembered));
    }
    turnedAway = 0;
    return Math.min(remembered + demand, Math.max(limit, inUse));
  }

  /** Redis has answered. Whether somebody who was turned away should try again. */
  boolean granted(Grant grant, long now) {
    held = grant.permits;
    target = grant.target;
    validUntil = sentAt + duration - duration / CLOCKS;
    alone = false;
    frozen = false;
    if (!grant.young || grant.workers >= workers) {
      workers = grant.workers;
      rank = grant.rank;
    }
    urgent |= Math.max(inUse, target) < held;
    return isWorthATry(now);
  }

  /** Redis has not answered. Whether somebody who was turned away should try again. */
  boolean missed(long now) {
    frozen = false;
    // Others may have renewed theirs later than this one was, up to the time Redis went away.
    alone |= now - validUntil >= duration / LATER;
    return isWorthATry(now);
  }

  private boolean isWorthATry(long now) {
    boolean worth = waiting && inUse < allowance(now);
    waiting &= !worth;
    return worth;
  }

  /** Whether it is time to ask Redis, sooner if that is urgent. */
  boolean isDue(long now, long every, long soonest) {
    // An idle lease only keeps its place among the workers.
    boolean idle = held == 0 && told == 0 && !waiting;
    return now - sentAt >= (urgent ? soonest : idle ? IDLE * every : every);
  }

  boolean isUrgent() {
    return urgent;
  }

  boolean isOver() {
    return !configured && inUse == 0;
  }

  int inUse() {
    return inUse;
  }
}
