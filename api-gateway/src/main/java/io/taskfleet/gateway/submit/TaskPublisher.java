package io.taskfleet.gateway.submit;

import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Puts tasks on their topics. */
final class TaskPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(TaskPublisher.class);
  private static final long REPLACEMENT_PAUSE = Duration.ofSeconds(10).toNanos();

  private final ProducerFactory<byte[], byte[]> producers;
  private final Executor background;
  private final AtomicLong replaceableAt = new AtomicLong(System.nanoTime());

  TaskPublisher(ProducerFactory<byte[], byte[]> producers, Executor background) {
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
    try {
      var _ =
          producers
              .createProducer()
              .send(
                  TaskCodec.encode(task),
                  (metadata, failure) -> {
                    if (failure == null) {
                      acknowledged.complete(metadata);
                    } else {
                      fail(acknowledged, failure);
                    }
                  });
    } catch (KafkaException | IllegalStateException failure) {
      fail(acknowledged, failure);
    }
    return acknowledged;
  }

  private void fail(CompletableFuture<RecordMetadata> acknowledged, Exception failure) {
    acknowledged.completeExceptionally(failure);
    boolean sound = !LostIdentity.isCauseOf(failure);
    long now = System.nanoTime();
    long due = replaceableAt.get();
    if (!sound && now - due >= 0 && replaceableAt.compareAndSet(due, now + REPLACEMENT_PAUSE)) {
      LOG.warn("Replacing the Kafka producer: {}", failure.toString());
      background.execute(producers::reset);
    }
  }
}
