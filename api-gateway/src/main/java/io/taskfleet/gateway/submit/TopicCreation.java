package io.taskfleet.gateway.submit;

import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** Sees to it that the topics are there, whenever Kafka first is. */
public final class TopicCreation {
  private final KafkaAdmin admin;
  private final ProducerFactory<byte[], byte[]> producers;
  private final List<String> taskTopics;

  // Written by one thread, the one that calls ensure.
  private volatile boolean done;

  TopicCreation(
      KafkaAdmin admin, ProducerFactory<byte[], byte[]> producers, List<String> taskTopics) {
    this.admin = admin;
    this.producers = producers;
    this.taskTopics = taskTopics;
  }

  /**
   * Makes the topics that are missing and has the producer learn where they are, so that the first
   * task need not wait for it. Once that is done it does nothing.
   *
   * @return whether the topics are there
   */
  public boolean ensure() {
    if (!done && admin.initialize()) {
      done = isKnownToProducer();
    }
    return done;
  }

  private boolean isKnownToProducer() {
    try (Producer<byte[], byte[]> producer = producers.createProducer()) {
      return taskTopics.stream().noneMatch(topic -> producer.partitionsFor(topic).isEmpty());
    } catch (KafkaException notYet) {
      return false;
    }
  }
}
