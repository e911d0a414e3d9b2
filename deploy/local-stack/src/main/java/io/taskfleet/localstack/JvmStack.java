package io.taskfleet.localstack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A stack that starts when it is first asked for and ends with the JVM. */
final class JvmStack {
  private static final String FIRST_TOPIC = "first";
  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);

  private final String name;
  private final LocalStack.Builder description;
  private final AtomicInteger databases = new AtomicInteger();

  // Guarded by this. A failure is told at every call.
  private @Nullable Attempt attempt;

  JvmStack(String name, LocalStack.Builder description) {
    this.name = name;
    this.description = description;
  }

  synchronized LocalStack get() {
    if (attempt == null) {
      attempt = start();
    }
    return attempt.get();
  }

  /** Creates an empty database whose name starts so; answers its JDBC URL. */
  String createDatabase(String start) {
    return get().postgres().createDatabase(start + "_" + databases.incrementAndGet());
  }

  private Attempt start() {
    try {
      LocalStack stack = description.start();
      warmUp(stack.kafkaBootstrap());
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name(name + "-shutdown")
                  .unstarted(() -> closeAfterTheClients(stack)));
      return new Started(stack);
    } catch (LocalStackException e) {
      return new Failed(name, e);
    }
  }

  // A broker takes seconds over its first record on a busy machine: nobody's deadline is to be
  // measured by that.
  private static void warmUp(String bootstrap) {
    Map<String, Object> broker = Map.of("bootstrap.servers", bootstrap);
    try (Admin admin = Admin.create(broker);
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
      admin.createTopics(List.of(new NewTopic(FIRST_TOPIC, 1, (short) 1))).all().get();
      producer.send(new ProducerRecord<>(FIRST_TOPIC, new byte[1])).get();
    } catch (ExecutionException e) {
      throw new LocalStackException("Kafka does not take its first record", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("Interrupted while Kafka took its first record", e);
    }
  }

  // Shutdown hooks run side by side: applications under test close in theirs, and would spend
  // their whole patience on servers that are gone.
  private static void closeAfterTheClients(LocalStack stack) {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (stack.postgres().clients() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    stack.close();
  }

  private sealed interface Attempt {
    LocalStack get();
  }

  private record Started(LocalStack stack) implements Attempt {
    @Override
    public LocalStack get() {
      return stack;
    }
  }

  private record Failed(String name, LocalStackException cause) implements Attempt {
    @Override
    public LocalStack get() {
      throw new LocalStackException("The " + name + " could not be started", cause);
    }
  }
}
