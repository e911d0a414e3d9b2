package io.taskfleet.localstack;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * What a broker needs to know, in a form that fits on a command line.
 *
 * @param port for clients
 * @param controllerPort for the broker's talk with itself
 * @param directory for its log, formatted when it is empty
 */
record BrokerSettings(int port, int controllerPort, Path directory) {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  // A killed broker is let back in only after its old session has run out, so that is short.
  private static final String ANYWHERE =
      """
      broker.heartbeat.interval.ms=200
      broker.session.timeout.ms=2500
      offsets.topic.replication.factor=1
      offsets.topic.num.partitions=5
      transaction.state.log.replication.factor=1
      transaction.state.log.min.isr=1
      transaction.state.log.num.partitions=5
      share.coordinator.state.topic.replication.factor=1
      share.coordinator.state.topic.min.isr=1
      share.coordinator.state.topic.num.partitions=5
      auto.create.topics.enable=false
      group.initial.rebalance.delay.ms=0

      max.decompressed.message.bytes=67108864
      log.segment.bytes=67108864
      log.index.size.max.bytes=2097152
      log.cleaner.dedupe.buffer.size=4194304
      num.network.threads=2
      num.io.threads=4
      """;

  List<String> toArguments() {
    return List.of(Integer.toString(port), Integer.toString(controllerPort), directory.toString());
  }

  static BrokerSettings fromArguments(String[] arguments) {
    return new BrokerSettings(
        Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
  }

  /** The broker's configuration: one node for both roles, nothing replicated, quick to start. */
  Properties toProperties() {
    Properties properties = parse(network() + ANYWHERE);
    properties.put("log.dirs", directory.toString());
    return properties;
  }

  /** What holds wherever the broker runs. */
  static Properties anywhere() {
    return parse(ANYWHERE);
  }

  private static Properties parse(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  private String network() {
    return """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        """
        .formatted(port, controllerPort);
  }
}
