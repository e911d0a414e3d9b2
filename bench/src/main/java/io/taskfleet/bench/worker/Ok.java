package io.taskfleet.bench.worker;

import io.taskfleet.handler.HandlerResult;

/** The result of every task that succeeds. */
record Ok(boolean ok) {
  static HandlerResult result() {
    return HandlerResult.of(new Ok(true));
  }
}
