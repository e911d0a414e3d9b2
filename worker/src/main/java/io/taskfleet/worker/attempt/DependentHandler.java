package io.taskfleet.worker.attempt;

import org.jspecify.annotations.Nullable;

/** A handler whose attempts may all call the same dependency, and no other. */
public interface DependentHandler {

  /**
   * The dependency's name; null if there are several. While that is closed off, tasks of the
   * handler's type wait in Kafka.
   */
  @Nullable String onlyDependency();
}
