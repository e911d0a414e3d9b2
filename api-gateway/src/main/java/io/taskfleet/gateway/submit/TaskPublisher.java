package io.taskfleet.gateway.submit;

import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Puts tasks on their topics. */
public final class TaskPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TaskPublisher.class);
  private static final long REPLACEMENT_PAUSE = Duration.ofSeconds(10).toNanos();

  private final ProducerFactory<byte[], byte[]> producers;
  private final Executor background;
  private final AtomicLong replaceableAt = new AtomicLong(System.nanoTime());

  /**
   * A publisher to the producers of this factory.
   *
   * @param background where a producer that cannot go on is replaced
   */
  public TaskPublisher(ProducerFactory<byte[], byte[]> producers, Executor background) {
    this.producers = producers;
    this.background = background;
  }

  /**
   * Sends the task. Blocks no longer than the producer's {@code max.block.ms}.
   *
   * @return done when all replicas in sync have the record; failed when that is not, or not yet,
   *     known
   */
  CompletableFuture<RecordMetadata> publish(Task task) {
    CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
    Callback told =
        (metadata, failure) -> {
          if (failure == null) {
            acknowledged.complete(metadata);
          } else {
            acknowledged.completeExceptionally(failure);
          }
        };
    try {
      publish(producer(), task, told);
    } catch (KafkaException unreachable) {
      told.onCompletion(null, unreachable);
    }
    return acknowledged;
  }

  /**
   * What a caller sends many tasks with; the factory's answer costs a lock each time.
   *
   * @throws KafkaException if there can be none at the moment
   */
  public Producer<byte[], byte[]> producer() {
    return producers.createProducer();
  }

  /** The same, telling this one instead, once, on the producer's thread or on this one. */
  public void publish(Producer<byte[], byte[]> producer, Task task, Callback told) {
    try {
      var _ =
          producer.send(
              TaskCodec.encode(task),
              (metadata, failure) -> {
                told.onCompletion(metadata, failure);
                if (failure != null) {
                  replaceIfLost(failure);
                }
              });
    } catch (KafkaException | IllegalStateException failure) {
      told.onCompletion(null, failure);
      replaceIfLost(failure);
    }
  }

  private void replaceIfLost(Exception failure) {
    boolean sound = !LostIdentity.isCauseOf(failure);
    long now = System.nanoTime();
    long due = replaceableAt.get();
    if (!sound && now - due >= 0 && replaceableAt.compareAndSet(due, now + REPLACEMENT_PAUSE)) {
      LOG.warn("Replacing the Kafka producer: {}", failure.toString());
      background.execute(producers::reset);
    }
  }
}
