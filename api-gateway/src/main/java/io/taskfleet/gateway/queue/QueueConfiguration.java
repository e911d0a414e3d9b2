package io.taskfleet.gateway.queue;

import io.taskfleet.gateway.type.TypeCatalog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class QueueConfiguration {
  private static final String CLIENT_ID = "taskfleet-gateway-queue";
  // What a search reads ahead in vain is never much.
  private static final int FETCH_BYTES = 8 << 20;
  private static final int POLL_RECORDS = 2_000;
  private static final Duration FETCH_WAIT = Duration.ofMillis(50);

  @Bean
  QueuedTasks queuedTasks(
      KafkaAdmin admin,
      ConsumerFactory<?, ?> consumers,
      TypeCatalog types,
      QueueSearchProperties properties) {
    Map<String, Object> asking = new HashMap<>(admin.getConfigurationProperties());
    asking.put(AdminClientConfig.CLIENT_ID_CONFIG, CLIENT_ID);
    Map<String, Object> reading = reading(consumers.getConfigurationProperties(), properties);
    QueuedTasks queue =
        new QueuedTasks(
            new QueueMap(Admin.create(asking), types, properties),
            () ->
                new KafkaConsumer<>(
                    reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
            properties);
    queue.start();
    return queue;
  }

  private static Map<String, Object> reading(
      Map<String, Object> configured, QueueSearchProperties properties) {
    Map<String, Object> reading = new HashMap<>(configured);
    // Nobody's progress is touched: whoever looks belongs to no group and commits nothing.
    reading.remove(ConsumerConfig.GROUP_ID_CONFIG);
    reading.remove(ConsumerConfig.CLIENT_ID_CONFIG);
    reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    reading.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    reading.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) FETCH_WAIT.toMillis());
    int patience = (int) properties.patience().toMillis();
    reading.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
    reading.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    return reading;
  }
}
