package io.taskfleet.bench;

import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Puts tasks straight on their topics, in large batches. For one thread. */
final class TaskPublisher implements AutoCloseable {
  private static final int BATCH_BYTES = 256 << 10;
  private static final int LINGER_MILLIS = 20;

  private final Clock clock = Clock.systemUTC();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<TopicPartition, UUID> last = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /** Publishes many at once. */
  TaskPublisher(String bootstrap) {
    this(bootstrap, LINGER_MILLIS);
  }

  private TaskPublisher(String bootstrap, int lingerMillis) {
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG, lingerMillis),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Publishes each task at once. */
  static TaskPublisher ofSingle(String bootstrap) {
    return new TaskPublisher(bootstrap, 0);
  }

  /** Waits until the topics of this type are there, which its worker creates. */
  void awaitTopics(TaskType<?> type) {
    for (String topic : Topics.of(type.name())) {
      var _ = producer.partitionsFor(topic);
    }
  }

  /**
   * Publishes this many tasks and waits until Kafka has them.
   *
   * @return the last of each partition
   */
  Set<UUID> publish(long count, LongFunction<Task> tasks) {
    last.clear();
    for (long n = 0; n < count; n++) {
      send(tasks.apply(n));
    }
    flush();
    return Set.copyOf(last.values());
  }

  /** Publishes one task, soon. */
  void send(Task task) {
    send(task, () -> {});
  }

  /** The same, and says when Kafka has it. */
  void send(Task task, Runnable taken) {
    var _ =
        producer.send(
            TaskCodec.encode(task),
            (place, e) -> {
              if (e == null) {
                last.put(new TopicPartition(place.topic(), place.partition()), task.id());
                taken.run();
              } else {
                failure.compareAndSet(null, e);
              }
            });
  }

  /** Waits until Kafka has all that was sent. */
  void flush() {
    producer.flush();
    Exception first = failure.getAndSet(null);
    if (first != null) {
      throw new InvalidRunException("Kafka did not take all tasks: " + first);
    }
  }

  /** A new task whose key is its id, so that no task waits for another. */
  Task task(TaskType<?> type, Priority priority, String payload) {
    return task(type, priority, payload, Task.DEFAULT_TENANT, clock.instant(), Task.Options.NONE);
  }

  Task task(
      TaskType<?> type,
      Priority priority,
      String payload,
      String tenant,
      Instant createdAt,
      Task.Options options) {
    UUID id = TaskIds.next(clock);
    return Task.submitted(
        id,
        tenant,
        type,
        new Task.Submission(
            priority, id.toString(), payload.getBytes(StandardCharsets.UTF_8), options),
        createdAt,
        null);
  }

  @Override
  public void close() {
    producer.close();
  }
}
