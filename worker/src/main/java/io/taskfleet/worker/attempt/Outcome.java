package io.taskfleet.worker.attempt;

import io.taskfleet.task.RawJson;
import io.taskfleet.worker.failure.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an attempt ended. */
public sealed interface Outcome {

  /** The handler did its work. */
  record Completed(@Nullable RawJson result, List<Effect> effects) implements Outcome {}

  /** It did not. */
  record Failed(Failure failure) implements Outcome {}

  /** It was interrupted because its caller does not want the task any more. */
  record Cancelled() implements Outcome {}
}
