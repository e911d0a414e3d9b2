package io.taskfleet.localstack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A broker in this JVM. It holds a lock of its own in its directory, since Kafka gives up the one
 * it takes while its controller still writes there.
 */
final class EmbeddedBroker implements RunningBroker {
  static final String LOCK_FILE = "broker.lock";

  private final KafkaRaftServer server;

  // The lock and not only its channel: the JVM itself refers to it weakly.
  private final FileLock lock;

  private volatile boolean alive = true;

  private EmbeddedBroker(KafkaRaftServer server, FileLock lock) {
    this.server = server;
    this.lock = lock;
  }

  static EmbeddedBroker start(BrokerSettings settings) {
    FileLock lock = lock(settings.directory());
    try {
      return new EmbeddedBroker(startServer(settings), lock);
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  private static KafkaRaftServer startServer(BrokerSettings settings) {
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
    return server;
  }

  @Override
  public boolean isAlive() {
    return alive;
  }

  @Override
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
    release(lock);
    alive = false;
  }

  @Override
  public void kill() {
    throw new UnsupportedOperationException(
        "A broker in this JVM cannot be killed: build the stack with KafkaMode.CHILD_PROCESS");
  }

  private static FileLock lock(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new LocalStackException("Another broker is running in " + directory);
      }
      return lock;
    } catch (IOException e) {
      throw new LocalStackException("Kafka's directory could not be locked: " + directory, e);
    }
  }

  private static void release(FileLock lock) {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void format(BrokerSettings settings) {
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(report, true, StandardCharsets.UTF_8)) {
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
