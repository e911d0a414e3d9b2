package io.taskfleet.localstack;

import org.jspecify.annotations.Nullable;

/** The broker in this JVM or in one of its own. */
final class BrokerHost implements ServerHost {
  private final KafkaMode mode;
  private final BrokerSettings settings;
  private final ServerLog log;

  private @Nullable RunningBroker running;

  BrokerHost(KafkaMode mode, BrokerSettings settings, ServerLog log) {
    this.mode = mode;
    this.settings = settings;
    this.log = log;
  }

  @Override
  public boolean isRunning() {
    return running != null && running.isAlive();
  }

  @Override
  public void start() {
    running =
        switch (mode) {
          case IN_PROCESS -> EmbeddedBroker.start(settings);
          case CHILD_PROCESS, SHORT_LIVED_PROCESS ->
              BrokerProcess.start(mode.jvmOptions(), settings, log);
        };
  }

  @Override
  public void stop() {
    if (running != null) {
      running.stop();
      running = null;
    }
  }

  @Override
  public void kill() {
    if (running != null) {
      running.kill();
      running = null;
    }
  }

  @Override
  public void discard() {
    switch (mode) {
      case IN_PROCESS -> stop();
      case CHILD_PROCESS, SHORT_LIVED_PROCESS -> kill();
    }
  }
}
