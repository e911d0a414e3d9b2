package io.taskfleet.handler;

/**
 * By which a worker finds a task type that is not built in: named in {@code
 * META-INF/services/io.taskfleet.handler.HandlerProvider} of a jar on the worker's class path. It
 * has a public constructor without parameters.
 */
public interface HandlerProvider {

  /** The type. Its name is that of no other in the fleet. */
  TaskType<?> type();

  /**
   * The type's handler. Called once, when the worker starts, and not at all by a worker that is not
   * to run the type.
   *
   * @param setup what the handler is given
   */
  TaskHandler<?> handler(HandlerSetup setup);
}
