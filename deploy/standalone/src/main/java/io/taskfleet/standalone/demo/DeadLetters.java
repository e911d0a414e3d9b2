package io.taskfleet.standalone.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What arrives on a dead-letter topic from the time this is opened. Used by one thread. */
final class DeadLetters implements AutoCloseable {
  /** How long a dead letter may take after its task has ended. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();

  DeadLetters(Target target, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", target.kafka(), "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is lazy: only this fixes where the reading starts.
    partitions.forEach(consumer::position);
  }

  /** Waits for a record of this kind. */
  Optional<ConsumerRecord<byte[], byte[]>> await(
      Predicate<ConsumerRecord<byte[], byte[]>> wanted, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<ConsumerRecord<byte[], byte[]>> found = seen.stream().filter(wanted).findFirst();
    while (found.isEmpty() && System.nanoTime() < deadline) {
      consumer.poll(POLL).forEach(seen::add);
      found = seen.stream().filter(wanted).findFirst();
    }
    return found;
  }

  /** The text of a header, or null. */
  static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
