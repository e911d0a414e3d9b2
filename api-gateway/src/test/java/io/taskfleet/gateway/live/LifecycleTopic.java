package io.taskfleet.gateway.live;

import io.taskfleet.task.Priority;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.StatusJson;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes lifecycle events as a worker does. */
final class LifecycleTopic implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;

  LifecycleTopic(String bootstrap) {
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.LINGER_MS_CONFIG,
                2),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  Future<RecordMetadata> publish(String tenant, UUID id, TaskState state) {
    TaskStatus status = status(tenant, id, state, 1);
    ProducerRecord<byte[], byte[]> event =
        EventCodec.encode(
            id, state, new StatusJson().write(status).withoutBodies(), 1, status.createdAt());
    return producer.send(event);
  }

  void flush() {
    producer.flush();
  }

  static TaskStatus status(String tenant, UUID id, TaskState state, int attempt) {
    Instant now = Instant.now();
    return new TaskStatus(
        id,
        tenant,
        "analytics",
        state,
        Priority.NORMAL,
        "k",
        attempt,
        null,
        null,
        null,
        null,
        null,
        null,
        now,
        null,
        state == TaskState.RETRYING ? now.plusSeconds(60) : null,
        now,
        state.isTerminal() ? now : null,
        null);
  }

  @Override
  public void close() {
    producer.close();
  }
}
