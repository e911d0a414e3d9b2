package io.taskfleet.worker;

import io.taskfleet.wire.KafkaEncryption;
import io.taskfleet.wire.TopicRequirements;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;

/**
 * Refuses to start with clients or topics of Kafka that would lose tasks, or show them to others.
 *
 * @param clients what the clients are configured with; the consumers' first
 */
record KafkaRequirements(
    Admin admin,
    List<Map<String, Object>> clients,
    TopicRequirements topics,
    EngineProperties worker,
    Environment environment)
    implements SmartInitializingSingleton {
  /** A worker starts without Kafka, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration USUAL_POLL_INTERVAL = Duration.ofMinutes(5);

  @Override
  public void afterSingletonsInstantiated() {
    if (environment.matchesProfiles("production")) {
      clients.forEach(KafkaEncryption::require);
    }
    worker.requireGraceBelow(pollInterval(clients.getFirst()));
    try {
      topics.check(admin, PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration pollInterval(Map<String, Object> consumers) {
    Object millis = consumers.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    return millis == null
        ? USUAL_POLL_INTERVAL
        : Duration.ofMillis(Long.parseLong(millis.toString()));
  }
}
