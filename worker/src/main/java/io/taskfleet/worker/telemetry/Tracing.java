package io.taskfleet.worker.telemetry;

import io.taskfleet.task.Task;
import io.taskfleet.worker.failure.Failure;
import org.jspecify.annotations.Nullable;

/** Tells traces of attempts. Thread-safe, and never in an attempt's way: nothing here throws. */
@FunctionalInterface
public interface Tracing {
  /** Tells nothing. */
  Tracing NONE = (_, _) -> Trace.NONE;

  /**
   * An attempt begins, on the thread that makes it.
   *
   * @param number the attempt's, from 1
   */
  Trace begin(Task task, int number);

  /** What is told of one attempt, by the thread that makes it. */
  interface Trace {
    /** Of an attempt of which nothing is told. */
    Trace NONE =
        new Trace() {
          @Override
          public @Nullable String traceparent() {
            return null;
          }

          @Override
          public void end(AttemptEnd end, @Nullable Failure failure) {}
        };

    /** W3C trace context of the attempt; null if it has none of its own. */
    @Nullable String traceparent();

    /** The attempt has ended, with this failure if it has failed. */
    void end(AttemptEnd end, @Nullable Failure failure);
  }
}
