package io.taskfleet.standalone.demo;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The other door of the fleet: records put on its topics by a plain producer. */
final class KafkaDoor implements AutoCloseable {
  private final String bootstrap;
  private final KafkaProducer<byte[], byte[]> producer;

  KafkaDoor(Target target) {
    bootstrap = target.kafka();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all", "max.block.ms", "10000"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Puts a value without key and headers on the topic, and answers its place there. */
  RecordMetadata publish(String topic, byte[] value)
      throws InterruptedException, ExecutionException {
    return producer.send(new ProducerRecord<>(topic, value)).get();
  }

  /** Kafka's id of the topic. */
  String topicId(String topic) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      return Objects.requireNonNull(
              admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
          .topicId()
          .toString();
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
