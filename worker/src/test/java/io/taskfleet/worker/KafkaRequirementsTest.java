package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.wire.TopicRequirements;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

class KafkaRequirementsTest {
  private static final Map<String, Object> CLEAR = Map.of("security.protocol", "PLAINTEXT");
  private static final Map<String, Object> ENCRYPTED = Map.of("security.protocol", "SSL");

  @Test
  void refusesAClientThatTalksInTheClearInProduction() {
    refuses(List.of(ENCRYPTED, CLEAR), "production", "spring.kafka.security.protocol");
  }

  @Test
  void refusesAGraceThatKafkaDoesNotWaitFor() {
    Map<String, Object> impatient = Map.of("max.poll.interval.ms", 5_000);

    refuses(List.of(impatient, CLEAR), "default", "taskfleet.worker.defaults.revoke-grace");
  }

  private static void refuses(List<Map<String, Object>> clients, String profile, String named) {
    MockEnvironment environment = new MockEnvironment();
    environment.setActiveProfiles(profile);
    EngineProperties worker =
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("taskfleet.worker", EngineProperties.class);
    TopicRequirements none = TopicRequirements.of(List.of(), Duration.ZERO);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"))) {
      KafkaRequirements requirements =
          new KafkaRequirements(admin, clients, none, worker, environment);

      assertThatThrownBy(requirements::afterSingletonsInstantiated).hasMessageContaining(named);
    }
  }
}
