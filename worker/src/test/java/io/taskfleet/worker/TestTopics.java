package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.TopicLayout;
import io.taskfleet.wire.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What tests ask Kafka. */
final class TestTopics implements AutoCloseable {
  private final String bootstrap;
  private final Admin admin;

  TestTopics(String bootstrap) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /**
   * Lets workers begin behind whatever earlier tests have left on the topics, as those of workers
   * that were killed do, and without waiting for such workers to be given up.
   */
  void skipWhatIsLeft() {
    Set<String> topics = get(admin.listTopics().names());
    for (GroupListing listed : get(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all())) {
      String group = listed.groupId();
      if (group.startsWith(Topics.group(""))) {
        Set<String> its = new HashSet<>(Topics.of(group.substring(Topics.group("").length())));
        its.retainAll(topics);
        await()
            .pollDelay(Duration.ZERO)
            .ignoreExceptions()
            .untilAsserted(() -> skipWhatIsLeft(group, its));
      }
    }
  }

  private void skipWhatIsLeft(String group, Set<String> topics) {
    var described = get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    if (!Objects.requireNonNull(described).members().isEmpty()) {
      get(
          admin
              .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
              .all());
    }
    get(admin.alterConsumerGroupOffsets(group, ends(topics)).all());
  }

  private Map<TopicPartition, OffsetAndMetadata> ends(Set<String> topics) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    get(admin.describeTopics(topics).allTopicNames())
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(
                        partition ->
                            latest.put(
                                new TopicPartition(topic, partition.partition()),
                                OffsetSpec.latest())));
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    get(admin.listOffsets(latest).all())
        .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
    return ends;
  }

  void configure(String topic, String setting, String value) {
    get(
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, topic),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
            .all());
  }

  /** How many workers take tasks of this type. */
  int members(TaskType<?> type) {
    String group = Topics.group(type.name());
    return (int)
        Objects.requireNonNull(get(admin.describeConsumerGroups(List.of(group)).all()).get(group))
            .members()
            .stream()
            .filter(member -> !member.assignment().topicPartitions().isEmpty())
            .count();
  }

  boolean exists(String topic) {
    return get(admin.listTopics().names()).contains(topic);
  }

  String idOf(String topic) {
    return Objects.requireNonNull(
            get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic))
        .topicId()
        .toString();
  }

  /** Waits until every group has committed everything, so that what is still to come has come. */
  void awaitNoLag() {
    for (TaskType<?> type : BuiltInTypes.all()) {
      await().atMost(Duration.ofSeconds(30)).until(() -> lag(type) == 0);
    }
  }

  long lag(TaskType<?> type) {
    Map<TopicPartition, OffsetAndMetadata> committed = offsets(type);
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    return get(admin.listOffsets(latest).all()).entrySet().stream()
        .mapToLong(
            end ->
                end.getValue().offset()
                    - Objects.requireNonNull(committed.get(end.getKey())).offset())
        .sum();
  }

  /** How many records of this type are finished, as the next worker would be told. */
  long committed(TaskType<?> type) {
    return offsets(type).values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(TaskType<?> type) {
    return get(
        admin.listConsumerGroupOffsets(Topics.group(type.name())).partitionsToOffsetAndMetadata());
  }

  void delete(String topic) {
    get(admin.deleteTopics(List.of(topic)).all());
    await().until(() -> !exists(topic));
  }

  /** Creates one of the topics of this type, or that of events. */
  void create(TaskType<?> type, String topic) {
    TopicLayout layout = new TopicLayout(3, 1, Duration.ofDays(1), Duration.ofDays(1));
    get(
        admin
            .createTopics(
                layout.topics(List.of(type.name())).stream()
                    .filter(each -> each.name().equals(topic))
                    .toList())
            .all());
  }

  /** Everything on the dead-letter topic of this type by now. */
  List<ConsumerRecord<byte[], byte[]>> deadLetters(TaskType<?> type) {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrap,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest");
    try (KafkaConsumer<byte[], byte[]> reader =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          reader.partitionsFor(Topics.deadLetter(type.name())).stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      reader.assign(partitions);
      reader.seekToBeginning(partitions);
      long end = reader.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
      while (letters.size() < end) {
        reader.poll(Duration.ofMillis(200)).forEach(letters::add);
      }
      return letters;
    }
  }

  List<ConsumerRecord<byte[], byte[]>> deadLettersOf(TaskType<?> type, UUID id) {
    return deadLetters(type).stream()
        .filter(letter -> header(letter, TaskHeaders.DLT_TASK_ID).equals(id.toString()))
        .toList();
  }

  static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** Whether this dead letter is that of the record at this place. */
  static boolean isFrom(ConsumerRecord<?, ?> letter, RecordMetadata place) {
    return header(letter, TaskHeaders.DLT_ORIGINAL_TOPIC).equals(place.topic())
        && number(letter, TaskHeaders.DLT_ORIGINAL_PARTITION).getInt() == place.partition()
        && number(letter, TaskHeaders.DLT_ORIGINAL_OFFSET).getLong() == place.offset();
  }

  private static ByteBuffer number(ConsumerRecord<?, ?> letter, String name) {
    return ByteBuffer.wrap(letter.headers().lastHeader(name).value());
  }

  private static <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }
}
