package io.taskfleet.worker.consume;

import java.util.function.Consumer;

/**
 * Keeps a key waiting while its head waits for another attempt. What stands behind the head is
 * parked in Postgres, in order, and nobody else is held up; the ledger wakes the first of them when
 * the head has ended. Until all that is durable the lane stays closed, because a task that arrived
 * meanwhile could not be told from Postgres that it must wait.
 */
final class StrictOrder {
  private final Lanes lanes;
  private final Consumer<InFlight> park;

  /**
   * Order on these lanes.
   *
   * @param park has it recorded that a task waits behind another of its key
   */
  StrictOrder(Lanes lanes, Consumer<InFlight> park) {
    this.lanes = lanes;
    this.park = park;
  }

  /** Keeps the lane of this head closed until {@link #recorded}. */
  void close(InFlight head) {
    head.closes = head;
    head.closedFor = 1;
  }

  /** What became of this task is durable. */
  void recorded(InFlight task) {
    InFlight head = task.closes;
    if (head == null) {
      return;
    }
    task.closes = null;
    head.closedFor--;
    if (head.closedFor > 0) {
      return;
    }
    for (InFlight behind : lanes.takeBehind(head)) {
      if (!behind.dropped) {
        behind.closes = head;
        head.closedFor++;
        park.accept(behind);
      }
    }
    if (head.closedFor == 0) {
      lanes.release(head);
    }
  }
}
