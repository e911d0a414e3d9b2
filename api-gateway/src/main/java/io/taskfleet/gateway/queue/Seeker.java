package io.taskfleet.gateway.queue;

import io.taskfleet.gateway.queue.QueueMap.Places;
import io.taskfleet.gateway.queue.QueueMap.Range;
import io.taskfleet.task.Task;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Looks for tasks on their topics, one after the other, on a thread of its own. */
final class Seeker implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Seeker.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);
  private static final Sought ABSENT = new Sought.Absent();
  private static final Sought UNKNOWN = new Sought.Unknown();

  private final BlockingQueue<Search> searches;
  private final QueueMap map;
  private final Consumers consumers;
  private final QueueSearchProperties properties;

  // The seeker's thread only.
  private @Nullable Consumer<byte[], byte @Nullable []> consumer;

  Seeker(
      BlockingQueue<Search> searches,
      QueueMap map,
      Consumers consumers,
      QueueSearchProperties properties) {
    this.searches = searches;
    this.map = map;
    this.consumers = consumers;
    this.properties = properties;
  }

  /** Makes consumers that belong to no group. */
  @FunctionalInterface
  interface Consumers {
    Consumer<byte[], byte @Nullable []> create();
  }

  /** What a search may still look through. */
  private static final class Allowance {
    private long records;
    private long bytes;

    private Allowance(QueueSearchProperties properties) {
      this.records = properties.records();
      this.bytes = properties.bytes().toBytes();
    }

    private void spend(ConsumerRecord<?, ?> record) {
      records--;
      bytes -= Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    private boolean isSpent() {
      return records < 0 || bytes < 0;
    }
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Search search = searches.take();
        if (!search.hasLapsed()) {
          search.answer(seek(search));
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      discardConsumer();
    }
  }

  private Sought seek(Search search) throws InterruptedException {
    try {
      Places places = map.placesOf(search);
      Allowance allowance = new Allowance(properties);
      Sought sought = seek(search, places, places.likely(), allowance);
      if (sought.equals(ABSENT)) {
        sought = seek(search, places, places.others(), allowance);
      }
      return sought.equals(ABSENT) && !map.isWhole() ? UNKNOWN : sought;
    } catch (ExecutionException | TimeoutException | KafkaException away) {
      LOG.debug("Cannot look for a task", away);
    } catch (RuntimeException defect) {
      LOG.error("Cannot look for a task", defect);
    }
    discardConsumer();
    return UNKNOWN;
  }

  private Sought seek(
      Search search, Places places, Map<TopicPartition, Range> ranges, Allowance allowance) {
    if (ranges.isEmpty()) {
      return ABSENT;
    }
    Consumer<byte[], byte @Nullable []> reader = consumer();
    reader.assign(ranges.keySet());
    ranges.forEach((partition, range) -> reader.seek(partition, range.from()));
    try {
      while (!ranges.isEmpty()) {
        if (search.hasLapsed() || allowance.isSpent()) {
          return UNKNOWN;
        }
        for (ConsumerRecord<byte[], byte @Nullable []> record : reader.poll(LONGEST_POLL)) {
          allowance.spend(record);
          Optional<Task> task = taskIn(record, search, places);
          if (task.isPresent()) {
            return isReadable(task.get()) ? new Sought.Found(task.get()) : UNKNOWN;
          }
        }
        ranges.entrySet().removeIf(each -> isPast(reader, each.getKey(), each.getValue().until()));
      }
      return ABSENT;
    } finally {
      reader.unsubscribe();
    }
  }

  private static boolean isPast(Consumer<?, ?> reader, TopicPartition partition, long offset) {
    boolean past = reader.position(partition) >= offset;
    if (past) {
      reader.pause(List.of(partition));
    }
    return past;
  }

  private Consumer<byte[], byte @Nullable []> consumer() {
    Consumer<byte[], byte @Nullable []> current = consumer;
    if (current == null) {
      current = consumers.create();
      consumer = current;
    }
    return current;
  }

  private void discardConsumer() {
    Consumer<byte[], byte @Nullable []> current = consumer;
    consumer = null;
    if (current != null) {
      try {
        current.close(CloseOptions.timeout(Duration.ZERO));
      } catch (KafkaException whatever) {
        LOG.debug("A consumer did not close", whatever);
      }
    }
  }

  private Optional<Task> taskIn(
      ConsumerRecord<byte[], byte @Nullable []> record, Search search, Places places) {
    Header named = record.headers().lastHeader(TaskHeaders.ID);
    if (named != null && named.value() != null && !search.isSpelt(named.value())) {
      return Optional.empty();
    }
    String topicId = places.topicIds().getOrDefault(record.topic(), "");
    return TaskCodec.decode(record, Topics.typeOf(record.topic()), topicId)
                instanceof Decoded.Accepted(Task task)
            && task.id().equals(search.id())
            && task.tenant().equals(search.tenant())
        ? Optional.of(task)
        : Optional.empty();
  }

  // Others publish too. What a worker will refuse is the worker's to say.
  private static boolean isReadable(Task task) {
    try {
      StrictJson.read(task.payload(), JsonNode.class);
      return true;
    } catch (RefusedJsonException noJson) {
      return false;
    }
  }
}
