package io.taskfleet.gateway.live;

import io.taskfleet.wire.Topics;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The topic of lifecycle events, as it is read here. */
final class EventTopic {
  private final Supplier<Consumer<byte[], byte @Nullable []>> consumers;
  private final Supplier<TopicDescription> description;

  EventTopic(
      Supplier<Consumer<byte[], byte @Nullable []>> consumers,
      Supplier<TopicDescription> description) {
    this.consumers = consumers;
    this.description = description;
  }

  /** Which topic it is that has the name now. */
  record Identity(long id, int partitions) {
    List<TopicPartition> all() {
      return IntStream.range(0, partitions)
          .mapToObj(number -> new TopicPartition(Topics.EVENTS, number))
          .toList();
    }
  }

  /**
   * Asks Kafka.
   *
   * @throws KafkaException if it does not answer, or there is no such topic
   */
  Identity identity() {
    try {
      TopicDescription topic = description.get();
      return new Identity(topic.topicId().getLeastSignificantBits(), topic.partitions().size());
    } catch (org.springframework.kafka.KafkaException away) {
      throw new KafkaException(away);
    }
  }

  /** A consumer of no group, which refuses an offset that is not there. */
  Consumer<byte[], byte @Nullable []> consumer() {
    return consumers.get();
  }
}
