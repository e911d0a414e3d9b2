package io.taskfleet.localstack;

/** Where the broker runs. */
public enum KafkaMode {
  /** In this JVM: the quickest to start. It can be stopped, but not killed. */
  IN_PROCESS,

  /** In a JVM of its own, which {@link KafkaBroker#kill()} can end without any farewell. */
  CHILD_PROCESS
}
