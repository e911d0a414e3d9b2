package io.taskfleet.worker;

import static org.awaitility.Awaitility.await;

import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.type.TypeRegister;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.core.KafkaAdmin;

class TopicCreationTest {

  @Test
  void goesOnAskingHoweverOftenNobodyAnswers() {
    NobodyThere admin = new NobodyThere();
    Round creation =
        new Round(
            "topic-creation",
            Duration.ofMillis(10),
            new TopicCreation(
                admin, new TypeRegister(new DriverManagerDataSource(), "worker", List.of())));

    creation.start();

    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> admin.asked.get() > 2);
    } finally {
      creation.stop();
    }
  }

  /** As Spring Boot makes it, with less patience. */
  private static final class NobodyThere extends KafkaAdmin {
    final AtomicInteger asked = new AtomicInteger();

    NobodyThere() {
      super(
          Map.of(
              "bootstrap.servers",
              "127.0.0.1:1",
              "request.timeout.ms",
              100,
              "default.api.timeout.ms",
              100));
      setOperationTimeout(1);
    }

    @Override
    protected Collection<NewTopic> newTopics() {
      return List.of(new NewTopic("taskfleet.email", 1, (short) 1));
    }

    @Override
    public Admin createAdmin() {
      asked.incrementAndGet();
      return super.createAdmin();
    }
  }
}
