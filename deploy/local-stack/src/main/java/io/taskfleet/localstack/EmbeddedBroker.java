package io.taskfleet.localstack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A broker in this JVM. */
final class EmbeddedBroker implements RunningBroker {
  private final KafkaRaftServer server;
  private volatile boolean alive = true;

  private EmbeddedBroker(KafkaRaftServer server) {
    this.server = server;
  }

  static EmbeddedBroker start(BrokerSettings settings) {
    if (!Files.exists(settings.directory().resolve("meta.properties"))) {
      format(settings);
    }
    KafkaConfig config = new KafkaConfig(settings.toProperties(), false);
    KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw new LocalStackException("Kafka could not be started", e);
    }
    return new EmbeddedBroker(server);
  }

  @Override
  public boolean isAlive() {
    return alive;
  }

  @Override
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
    alive = false;
  }

  @Override
  public void kill() {
    throw new UnsupportedOperationException(
        "A broker in this JVM cannot be killed: build the stack with KafkaMode.CHILD_PROCESS");
  }

  private static void format(BrokerSettings settings) {
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(report, true, StandardCharsets.UTF_8)) {
      Files.createDirectories(settings.directory());
      new Formatter()
          .setPrintStream(out)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerSettings.NODE_ID)
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setDirectories(List.of(settings.directory().toString()))
          .setMetadataLogDirectory(settings.directory().toString())
          .run();
    } catch (Exception e) {
      throw new LocalStackException(
          "Kafka's directory could not be formatted: " + report.toString(StandardCharsets.UTF_8),
          e);
    }
  }
}
