package io.taskfleet.gateway.queue;

import io.taskfleet.gateway.type.OwnType;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Says where on the topics a task can be that no worker has finished. */
final class QueueMap implements AutoCloseable {
  private final Admin admin;
  private final TypeCatalog types;
  private final QueueSearchProperties properties;

  QueueMap(Admin admin, TypeCatalog types, QueueSearchProperties properties) {
    this.admin = admin;
    this.properties = properties;
    this.types = types;
  }

  /** Records of one partition: from the first offset up to, and without, the second. */
  record Range(long from, long until) {}

  /**
   * Where to look.
   *
   * @param likely where the task is if all clocks go right
   * @param others where it can be all the same: one publisher whose clock is ahead makes Kafka name
   *     too early an offset for a time
   * @param topicIds what Kafka calls the topics
   */
  record Places(
      Map<TopicPartition, Range> likely,
      Map<TopicPartition, Range> others,
      Map<String, String> topicIds) {

    private void add(TopicPartition partition, long from, long likelyUntil, long until) {
      if (from < likelyUntil) {
        likely.put(partition, new Range(from, likelyUntil));
      }
      if (likelyUntil < until) {
        others.put(partition, new Range(likelyUntil, until));
      }
    }
  }

  /** Whether no task can be on a topic of a type that is not known here. */
  boolean isWhole() {
    return types.isCertain();
  }

  /**
   * Where the task can be.
   *
   * @throws TimeoutException if Kafka does not answer while the search is worth it
   * @throws ExecutionException if Kafka refuses to
   */
  Places placesOf(Search search) throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, TopicDescription> topics = describe(search);
    List<TopicPartition> partitions =
        topics.values().stream()
            .flatMap(
                topic ->
                    topic.partitions().stream()
                        .map(info -> new TopicPartition(topic.name(), info.partition())))
            .toList();
    Places places = new Places(new HashMap<>(), new HashMap<>(), new HashMap<>());
    topics.forEach((name, topic) -> places.topicIds().put(name, topic.topicId().toString()));
    addRanges(search, partitions, places);
    return places;
  }

  private Map<String, TopicDescription> describe(Search search)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<String> names =
        Stream.concat(BuiltInTypes.all().stream().map(TaskType::name), ownTypes())
            .flatMap(type -> Topics.of(type).stream())
            .toList();
    Map<String, TopicDescription> topics = new HashMap<>();
    Map<String, KafkaFuture<TopicDescription>> asked =
        admin
            .describeTopics(names, new DescribeTopicsOptions().timeoutMs(millis(search)))
            .topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> each : asked.entrySet()) {
      try {
        topics.put(each.getKey(), await(search, each.getValue()));
      } catch (ExecutionException e) {
        // A type that was given up, and whose topics somebody has deleted, is still told of.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || ownTypes().noneMatch(Topics.typeOf(each.getKey())::equals)) {
          throw e;
        }
      }
    }
    return topics;
  }

  private Stream<String> ownTypes() {
    return types.own().stream().map(OwnType::name);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private void addRanges(Search search, List<TopicPartition> partitions, Places places)
      throws ExecutionException, InterruptedException, TimeoutException {
    // An id that was derived says nothing of the time; the task may be anywhere in the queue.
    Optional<Instant> made = TaskIds.timeOf(search.id());
    OffsetSpec since =
        made.map(time -> at(time.minus(properties.before()))).orElse(OffsetSpec.earliest());
    OffsetSpec later =
        made.map(time -> at(time.plus(properties.after()))).orElse(OffsetSpec.latest());
    ListOffsetsResult starts = offsets(search, partitions, since);
    ListOffsetsResult likelyEnds = offsets(search, partitions, later);
    ListOffsetsResult ends = offsets(search, partitions, OffsetSpec.latest());
    Map<TopicPartition, OffsetAndMetadata> finished = finished(search, partitions);
    for (TopicPartition partition : partitions) {
      long end = await(search, ends.partitionResult(partition)).offset();
      long start = orEnd(await(search, starts.partitionResult(partition)), end);
      long likelyEnd = orEnd(await(search, likelyEnds.partitionResult(partition)), end);
      OffsetAndMetadata committed = finished.get(partition);
      long from = committed == null ? start : Math.max(start, committed.offset());
      places.add(partition, from, Math.max(from, Math.min(likelyEnd, end)), end);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> finished(
      Search search, List<TopicPartition> partitions)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, ListConsumerGroupOffsetsSpec> groups =
        partitions.stream()
            .collect(
                Collectors.groupingBy(
                    partition -> Topics.group(Topics.typeOf(partition.topic())),
                    Collectors.collectingAndThen(
                        Collectors.toList(),
                        each -> new ListConsumerGroupOffsetsSpec().topicPartitions(each))));
    Map<TopicPartition, OffsetAndMetadata> finished = new HashMap<>();
    await(
            search,
            admin
                .listConsumerGroupOffsets(
                    groups, new ListConsumerGroupOffsetsOptions().timeoutMs(millis(search)))
                .all())
        .values()
        .forEach(finished::putAll);
    return finished;
  }

  private ListOffsetsResult offsets(
      Search search, List<TopicPartition> partitions, OffsetSpec which) {
    return admin.listOffsets(
        partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which)),
        new ListOffsetsOptions().timeoutMs(millis(search)));
  }

  private static OffsetSpec at(Instant time) {
    return OffsetSpec.forTimestamp(Math.max(0, time.toEpochMilli()));
  }

  // Kafka says -1 when no record is as late as that.
  private static long orEnd(ListOffsetsResultInfo info, long end) {
    return info.offset() < 0 ? end : info.offset();
  }

  private static int millis(Search search) {
    return (int) Math.max(1, search.left().toMillis());
  }

  private static <T> T await(Search search, KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(search.left().toNanos(), TimeUnit.NANOSECONDS);
  }
}
