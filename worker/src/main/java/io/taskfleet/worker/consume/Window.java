package io.taskfleet.worker.consume;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished records of one partition during one assignment. Only they are kept, in offset
 * order, so memory is bounded by what is in flight however far apart the offsets lie. A new
 * assignment makes a new window: the object itself is the epoch.
 */
final class Window {
  /** Taken in offset order, and so kept. */
  private final LinkedHashSet<InFlight> unfinished = new LinkedHashSet<>();

  /** The offset after the last record taken; null until one was. */
  private @Nullable Long next;

  private @Nullable Long committed;

  /** Records handed to an attempt or to the ledger, and not back yet. */
  int underway;

  /** How many of the next records somebody may have started before. */
  private int suspects;

  private final long end;

  /**
   * An empty window.
   *
   * @param suspects how many records the partition's last owner may have had in flight
   * @param end where the partition ended when it was assigned: nobody had what came later
   */
  Window(int suspects, long end) {
    this.suspects = suspects;
    this.end = end;
  }

  /** Whether somebody may have started this record before the assignment. */
  boolean mayBeSuspect(long offset) {
    return suspects > 0 && offset < end;
  }

  /** Answers the same for a record that is to be started, and counts it. */
  boolean takeSuspect(long offset) {
    return mayBeSuspect(offset) && suspects-- > 0;
  }

  /** The lowest unfinished record if it has been out for that long, in nanoseconds. */
  @Nullable InFlight stuck(long now, long patience) {
    InFlight lowest = lowest();
    return lowest != null && lowest.out && now - lowest.outSince > patience(lowest, patience)
        ? lowest
        : null;
  }

  private static long patience(InFlight taken, long otherwise) {
    Duration own = taken.task == null ? null : taken.task.options().timeout();
    return own == null ? otherwise : Math.max(otherwise, 2 * own.toNanos());
  }

  /** Offsets from the lowest unfinished record to the highest taken one. */
  long span() {
    InFlight lowest = lowest();
    return lowest == null || next == null ? 0 : next - lowest.record.offset();
  }

  /**
   * When the oldest record that neither an attempt nor the ledger has came to its topic, in
   * milliseconds; {@link Long#MAX_VALUE} if there is none.
   */
  long oldestWaiting() {
    for (InFlight each : unfinished) {
      if (!each.out) {
        return each.record.timestamp();
      }
    }
    return Long.MAX_VALUE;
  }

  /** Takes a record in; offsets must rise, and may leave gaps. */
  void add(InFlight taken) {
    if (next != null && taken.record.offset() < next) {
      throw new IllegalStateException("offset %d after %d".formatted(taken.record.offset(), next));
    }
    unfinished.add(taken);
    next = taken.record.offset() + 1;
  }

  /** Finishes a record; twice is harmless. */
  void finish(InFlight taken) {
    taken.finished = true;
    unfinished.remove(taken);
  }

  /** Gives up what is not under way; it keeps its place, below which alone may be committed. */
  void dropWaiting() {
    unfinished.stream().filter(taken -> !taken.out).forEach(InFlight::drop);
  }

  /** Gives up everything in it. */
  void drop(Consumer<InFlight> dropped) {
    unfinished.forEach(InFlight::drop);
    unfinished.forEach(dropped);
    unfinished.clear();
  }

  /** What to commit if that has changed since the last {@link #committed}; else null. */
  @Nullable OffsetAndMetadata uncommitted() {
    InFlight lowest = lowest();
    Long offset = lowest == null ? next : Long.valueOf(lowest.record.offset());
    return offset == null || (committed != null && offset <= committed)
        ? null
        : new OffsetAndMetadata(offset);
  }

  /** Notes that this offset is being committed; null that none has been. */
  void committed(@Nullable Long offset) {
    committed = offset;
  }

  private @Nullable InFlight lowest() {
    return unfinished.isEmpty() ? null : unfinished.getFirst();
  }
}
