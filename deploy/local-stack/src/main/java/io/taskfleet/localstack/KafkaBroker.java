package io.taskfleet.localstack;

import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker in KRaft mode, alone in its cluster: nothing is replicated, topics must be
 * created.
 */
public final class KafkaBroker implements LocalServer {
  private final KafkaMode mode;
  private final BrokerSettings settings;
  private final ServerLog log;

  // Guarded by this.
  private @Nullable RunningBroker running;

  KafkaBroker(KafkaMode mode, BrokerSettings settings, ServerLog log) {
    this.mode = mode;
    this.settings = settings;
    this.log = log;
  }

  @Override
  public String name() {
    return "Kafka";
  }

  @Override
  public int port() {
    return settings.port();
  }

  /** The address for {@code bootstrap.servers}, {@code 127.0.0.1:port}. */
  public String bootstrap() {
    return "127.0.0.1:" + port();
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null && running.isAlive();
  }

  @Override
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
    running =
        switch (mode) {
          case IN_PROCESS -> EmbeddedBroker.start(settings);
          case CHILD_PROCESS, SHORT_LIVED_PROCESS ->
              BrokerProcess.start(mode.jvmOptions(), settings, log);
        };
  }

  @Override
  public synchronized void stop() {
    if (running != null) {
      running.stop();
      running = null;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException when the broker runs in this JVM
   */
  @Override
  public synchronized void kill() {
    if (running != null) {
      running.kill();
      running = null;
    }
  }

  // What a temporary stack ends with: the data is thrown away, so the quickest end is the best.
  synchronized void abandon() {
    switch (mode) {
      case IN_PROCESS -> stop();
      case CHILD_PROCESS, SHORT_LIVED_PROCESS -> kill();
    }
  }
}
