package io.taskfleet.worker;

import io.taskfleet.handler.TaskHandler;
import io.taskfleet.wire.TopicRequirements;
import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.type.OwnType;
import io.taskfleet.worker.type.TypeRegister;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;

/** The topics of this worker's types: what they must be like, and that they are there. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TopicsProperties.class)
class TopicsConfiguration {
  private static final Duration AGAIN = Duration.ofSeconds(2);

  @Bean
  KafkaAdmin.NewTopics topics(
      TopicsProperties topics, List<TaskHandler<?>> handlers, EngineProperties worker) {
    topics.requireKept(worker.longestRetry());
    List<NewTopic> all = topics.layout().topics(WorkerConfiguration.types(handlers, worker));
    return new KafkaAdmin.NewTopics(all.toArray(NewTopic[]::new));
  }

  /** Before anything has started. */
  @Bean
  KafkaRequirements kafkaRequirements(
      Admin admin,
      ConsumerFactory<?, ?> consumers,
      ProducerFactory<?, ?> producers,
      List<TaskHandler<?>> handlers,
      EngineProperties worker,
      Environment environment) {
    return new KafkaRequirements(
        admin,
        List.of(consumers.getConfigurationProperties(), producers.getConfigurationProperties()),
        TopicRequirements.of(WorkerConfiguration.types(handlers, worker), worker.longestRetry()),
        worker,
        environment);
  }

  @Bean
  TopicCreation topicCreation(
      KafkaAdmin kafkaAdmin,
      DataSource database,
      OwnTypes.Found own,
      List<TaskHandler<?>> handlers,
      EngineProperties properties,
      WorkerId worker) {
    Set<String> names = own.types().stream().map(OwnType::name).collect(Collectors.toSet());
    List<TypeRegister.Registered> registered =
        handlers.stream()
            .filter(handler -> names.contains(handler.type().name()))
            .map(handler -> registered(handler, properties))
            .toList();
    return new TopicCreation(kafkaAdmin, new TypeRegister(database, worker.name(), registered));
  }

  private static TypeRegister.Registered registered(
      TaskHandler<?> handler, EngineProperties properties) {
    String name = handler.type().name();
    int most = handler.isCpuBound() ? properties.cpuThreads() : Integer.MAX_VALUE;
    return new TypeRegister.Registered(
        handler.type(), properties.of(name).told(handler.isCpuBound(), most));
  }

  @Bean
  Round creatingTopics(TopicCreation topics) {
    return new Round("topic-creation", AGAIN, topics);
  }
}
