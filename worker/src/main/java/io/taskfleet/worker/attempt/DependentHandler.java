package io.taskfleet.worker.attempt;

/** A handler of whose attempts every one calls the same dependency, and no other. */
public interface DependentHandler {

  /** The dependency's name. While that is closed off, tasks of the handler's type wait in Kafka. */
  String onlyDependency();
}
