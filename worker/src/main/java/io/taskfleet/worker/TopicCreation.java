package io.taskfleet.worker;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topics that are missing, again and again until Kafka is there to do it. */
final class TopicCreation {
  private static final Logger log = LoggerFactory.getLogger(TopicCreation.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final KafkaAdmin admin;
  private final Thread thread = Thread.ofVirtual().name("topic-creation").unstarted(this::run);

  TopicCreation(KafkaAdmin admin) {
    this.admin = admin;
  }

  void start() {
    thread.start();
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (!admin.initialize()) {
        log.warn("the topics are not there yet");
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
