package io.taskfleet.gateway.health;

import io.taskfleet.gateway.status.StatusCache;
import io.taskfleet.gateway.submit.TopicCreation;
import java.sql.Connection;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

  @Bean
  KafkaQuestion kafkaQuestion(KafkaAdmin admin, TopicCreation topics) {
    return new KafkaQuestion(admin.getConfigurationProperties(), topics);
  }

  /** Named after the indicator it is in the readiness group. */
  @Bean
  Servers taskQueue(
      DataSource dataSource,
      StatusCache cache,
      KafkaQuestion kafka,
      HealthProperties properties,
      ScheduledExecutorService background) {
    WatchedServer.Question database =
        patience -> {
          try (Connection connection = dataSource.getConnection()) {
            return connection.isValid((int) Math.max(1, patience.toSeconds()));
          }
        };
    return new Servers(
        new WatchedServer("Postgres", database, properties),
        new WatchedServer("Redis", patience -> cache.isReachable(), properties),
        new WatchedServer("Kafka", kafka, properties),
        properties,
        background);
  }
}
