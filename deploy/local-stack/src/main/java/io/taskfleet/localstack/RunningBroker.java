package io.taskfleet.localstack;

/** A broker that has been started, wherever it runs. It ends once and is then done with. */
sealed interface RunningBroker permits EmbeddedBroker, BrokerProcess {
  boolean isAlive();

  void stop();

  void kill();
}
