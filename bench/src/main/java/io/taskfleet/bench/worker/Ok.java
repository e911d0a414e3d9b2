package io.taskfleet.bench.worker;

import io.taskfleet.worker.attempt.HandlerResult;

/** The result of every task that succeeds. */
record Ok(boolean ok) {
  static HandlerResult result() {
    return HandlerResult.of(new Ok(true));
  }
}
