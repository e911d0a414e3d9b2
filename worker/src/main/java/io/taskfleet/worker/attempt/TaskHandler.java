package io.taskfleet.worker.attempt;

import io.taskfleet.task.Payload;
import io.taskfleet.task.TaskType;
import org.jspecify.annotations.Nullable;

/**
 * The code for one task type. It must be idempotent under the task's id, because an attempt whose
 * process dies is made again, and may be called by any number of threads at once.
 */
public interface TaskHandler<P extends Payload> {

  /** The type this handler is for. */
  TaskType<P> type();

  /**
   * Makes one attempt, on a virtual thread that is interrupted when the attempt's deadline passes.
   * Blocking is fine; swallowing an interrupt is not.
   *
   * @return what to record as the task's result, and what else to record with it
   * @throws Exception whatever went wrong, as it comes; {@code failure.FailureClassifier} says what
   *     it means
   */
  HandlerResult handle(P payload, TaskContext context) throws Exception;

  /**
   * Whether everything the handler does goes through its {@link HandlerResult}, so that making an
   * attempt again has no effect outside and the engine need not ask whether the task is known.
   */
  default boolean isPure() {
    return false;
  }

  /**
   * The name of the one dependency that every attempt calls, if there is just one. While that is
   * closed off, tasks of this type wait in Kafka.
   */
  default @Nullable String onlyDependency() {
    return null;
  }
}
