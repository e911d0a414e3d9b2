package io.taskfleet.handler;

/**
 * The code for one task type. It must be idempotent under the task's id, because an attempt whose
 * process dies is made again, and may be called by any number of threads at once.
 */
public interface TaskHandler<P extends Payload> {

  /** The type this handler is for. */
  TaskType<P> type();

  /**
   * Makes one attempt, on a thread that is interrupted when the attempt's deadline passes, when the
   * task is cancelled, and when the worker has no more time. Blocking is fine; swallowing an
   * interrupt is not.
   *
   * @return what to record as the task's result, and what else follows from it
   * @throws PermanentFailureException if no attempt can ever succeed
   * @throws RetryLaterException if the attempt makes no sense now, and none should be spent
   * @throws Exception whatever else went wrong, as it comes; the worker decides what it means, and
   *     tries again if it may go better
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
   * Whether an attempt computes rather than waits. Such attempts run on a few platform threads, and
   * no more of them at once, instead of a virtual thread for each. Whoever computes for long must
   * look at {@link Thread#isInterrupted()} now and then, since nothing else can stop it.
   */
  default boolean isCpuBound() {
    return false;
  }
}
