package io.taskfleet.worker;

import io.taskfleet.worker.type.TypeRegister;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Creates the topics that are missing, again and again until Kafka is there to do it. Then tells of
 * the types whose topics they are, so that nobody learns of a type before its topics are there.
 */
final class TopicCreation {
  private static final Logger log = LoggerFactory.getLogger(TopicCreation.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final KafkaAdmin admin;
  private final TypeRegister types;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("topic-creation").unstarted(this::run);

  TopicCreation(KafkaAdmin admin, TypeRegister types) {
    this.admin = admin;
    this.types = types;
  }

  void start() {
    thread.start();
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (!areThere()) {
        Thread.sleep(PAUSE);
      }
      types.put();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean areThere() {
    try {
      return admin.initialize();
    } catch (RuntimeException refused) {
      log.warn("the topics are not there yet: {}", refused.toString());
      return false;
    }
  }
}
