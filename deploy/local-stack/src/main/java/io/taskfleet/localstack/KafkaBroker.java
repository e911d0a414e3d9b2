package io.taskfleet.localstack;

/**
 * A Kafka broker in KRaft mode, alone in its cluster: nothing is replicated, topics must be
 * created. Killing one that runs in this JVM is an {@link UnsupportedOperationException}.
 */
public final class KafkaBroker extends HostedServer {
  KafkaBroker(int port, ServerHost host) {
    super("Kafka", port, host);
  }

  /** The address for {@code bootstrap.servers}, {@code 127.0.0.1:port}. */
  public String bootstrap() {
    return "127.0.0.1:" + port();
  }
}
