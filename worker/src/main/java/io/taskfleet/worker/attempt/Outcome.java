package io.taskfleet.worker.attempt;

import io.taskfleet.worker.failure.Failure;

/** How an attempt ended. */
public sealed interface Outcome {

  /** The handler did its work. */
  record Completed(HandlerResult result) implements Outcome {}

  /** It did not. */
  record Failed(Failure failure) implements Outcome {}
}
