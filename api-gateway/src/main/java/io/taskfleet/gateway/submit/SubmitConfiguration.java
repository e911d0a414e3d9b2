package io.taskfleet.gateway.submit;

import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.KafkaEncryption;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.TopicRequirements;
import io.taskfleet.wire.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

@Configuration(proxyBeanMethods = false)
class SubmitConfiguration {
  /** A gateway starts without Kafka, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final List<String> TYPES =
      Stream.concat(BuiltInTypes.all().stream(), Stream.of(BuiltInTypes.BATCH))
          .map(TaskType::name)
          .toList();

  @Bean
  KafkaAdmin.NewTopics topics(TopicsProperties properties) {
    return new KafkaAdmin.NewTopics(properties.layout().topics(TYPES).toArray(NewTopic[]::new));
  }

  /** Before anything is accepted: on topics like these it would be lost. */
  @Bean
  SmartInitializingSingleton kafkaRequirements(
      KafkaAdmin kafkaAdmin, ProducerFactory<?, ?> producers, Environment environment) {
    return () -> {
      if (environment.matchesProfiles("production")) {
        KafkaEncryption.require(producers.getConfigurationProperties());
      }
      // How long tasks are tried again is the workers' to say.
      TopicRequirements requirements = TopicRequirements.of(TYPES, Duration.ZERO);
      try (Admin admin = Admin.create(kafkaAdmin.getConfigurationProperties())) {
        requirements.check(admin, PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  @Bean
  TopicCreation topicCreation(KafkaAdmin admin, ProducerFactory<?, ?> producers) {
    List<String> topics = TYPES.stream().flatMap(type -> Topics.of(type).stream()).toList();
    return new TopicCreation(admin, ofBytes(producers), topics);
  }

  @Bean
  PayloadReader payloadReader(OutboundProperties outbound) {
    return new PayloadReader(outbound.destinations());
  }

  @Bean
  TaskReader taskReader(PayloadReader payloads, TypeCatalog types, OutboundProperties outbound) {
    return new TaskReader(payloads, types, outbound.destinations());
  }

  @Bean
  TaskPublisher taskPublisher(
      ProducerFactory<?, ?> producers, ScheduledExecutorService background) {
    return new TaskPublisher(ofBytes(producers), background);
  }

  @Bean
  Acceptance acceptance(
      TaskPublisher publisher,
      AcceptanceNotes notes,
      SubmitProperties properties,
      ProducerFactory<?, ?> producers,
      ScheduledExecutorService background) {
    Map<String, Object> configuration = producers.getConfigurationProperties();
    properties.requireQuicker(
        millis(configuration, ProducerConfig.MAX_BLOCK_MS_CONFIG),
        millis(configuration, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG));
    SameDeadline deadline = new SameDeadline(properties.deadline());
    long lookEvery = SameDeadline.LOOK_EVERY.toMillis();
    var _ =
        background.scheduleWithFixedDelay(
            deadline::look, lookEvery, lookEvery, TimeUnit.MILLISECONDS);
    return new Acceptance(publisher, notes, properties, deadline);
  }

  private static Duration millis(Map<String, Object> configuration, String name) {
    Object value = configuration.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "spring.kafka.producer.properties." + name + " must be set");
    }
    return Duration.ofMillis(Long.parseLong(value.toString()));
  }

  // Boot's factory has no types of its own; its serializers are those of the configuration.
  @SuppressWarnings("unchecked")
  private static ProducerFactory<byte[], byte[]> ofBytes(ProducerFactory<?, ?> producers) {
    return (ProducerFactory<byte[], byte[]>) producers;
  }
}
