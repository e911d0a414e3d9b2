package io.taskfleet.gateway;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is on the topics at this moment: reads up to the ends as they are and waits for nothing. */
public final class TopicReader implements AutoCloseable {
  private final String bootstrap;
  private final KafkaConsumer<byte[], byte[]> consumer;

  public TopicReader(String bootstrap) {
    this.bootstrap = bootstrap;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** How many records all task topics have ever held. */
  public long taskCount() {
    return taskEnds().values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Deletes what is on the task topics. Whoever leaves very many tasks there must: no worker takes
   * them, and the tests that come after would look through them.
   */
  public void deleteTasks() throws Exception {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    taskEnds().forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
      admin.deleteRecords(all).all().get();
    }
  }

  private Map<TopicPartition, Long> taskEnds() {
    return consumer.endOffsets(
        BuiltInTypes.all().stream()
            .flatMap(type -> Topics.of(type.name()).stream())
            .flatMap(topic -> partitions(topic).stream())
            .toList());
  }

  /** The records of the task with this id. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic, String id) {
    Collection<TopicPartition> partitions = partitions(topic);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      consumer.poll(Duration.ofSeconds(1)).forEach(found::add);
    }
    return found.stream().filter(r -> id.equals(header(r, TaskHeaders.ID))).toList();
  }

  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
