package io.taskfleet.handler;

import java.time.Clock;

/** What a worker gives a handler that is being made. */
public interface HandlerSetup {

  /**
   * The properties under {@code taskfleet.types.<name>}, which may come from a file, from the
   * environment or from the command line. The worker does not start if there are others under that
   * name, or if they break a constraint.
   *
   * @param type a record with Jakarta Validation constraints; {@code maxPages} is {@code max-pages}
   */
  <T extends Record> T properties(Class<T> type);

  /** What time it is to the fleet. */
  Clock clock();
}
