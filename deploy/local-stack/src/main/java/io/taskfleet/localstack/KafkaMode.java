package io.taskfleet.localstack;

import java.util.List;

/** Where the broker runs. */
public enum KafkaMode {
  /** In this JVM: the quickest to start. It can be stopped, but not killed. */
  IN_PROCESS,

  /** In a JVM of its own, which {@link KafkaBroker#kill()} can end without any farewell. */
  CHILD_PROCESS,

  /** The same in half the time, of a broker that will never be fast: for tests of outages. */
  SHORT_LIVED_PROCESS;

  /** What the broker's own JVM is started with. */
  List<String> jvmOptions() {
    return this == SHORT_LIVED_PROCESS ? List.of("-XX:TieredStopAtLevel=1") : List.of();
  }
}
