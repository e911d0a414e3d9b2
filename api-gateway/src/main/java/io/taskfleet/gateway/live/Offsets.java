package io.taskfleet.gateway.live;

import java.util.Arrays;

/**
 * A place on the topic of lifecycle events: of each partition the next offset. A partition that is
 * not mentioned has been made since, and nothing of it is past. Not thread-safe.
 */
final class Offsets {
  private long[] next;

  Offsets(long... next) {
    this.next = next.clone();
  }

  Offsets copy() {
    return new Offsets(next);
  }

  /** How many partitions are mentioned. */
  int size() {
    return next.length;
  }

  /** What comes next of this partition. */
  long next(int partition) {
    return partition < next.length ? next[partition] : 0;
  }

  /** Goes on to this offset, and not back. */
  void advance(int partition, long offset) {
    if (partition >= next.length) {
      next = Arrays.copyOf(next, partition + 1);
    }
    next[partition] = Math.max(next[partition], offset);
  }

  /** Goes on, in every partition, to where this is, and not back. */
  void advance(Offsets to) {
    for (int partition = 0; partition < to.next.length; partition++) {
      advance(partition, to.next[partition]);
    }
  }

  /** Whether something lies between here and there. */
  boolean isBehind(Offsets there) {
    for (int partition = 0; partition < there.next.length; partition++) {
      if (next(partition) < there.next[partition]) {
        return true;
      }
    }
    return false;
  }
}
