package io.taskfleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.KafkaMode;
import io.taskfleet.localstack.LocalStack;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A gateway that comes up before its servers do. */
class ColdStartIT {
  private static final String EVENT = "{\"name\":\"a\"}";

  @Test
  void startsWithoutKafkaAndRedisAndMakesTheTopicsWhenKafkaComes() {
    try (LocalStack servers =
        LocalStack.builder().kafkaMode(KafkaMode.SHORT_LIVED_PROCESS).start()) {
      servers.kafka().stop();
      servers.redis().stop();
      try (TestGateway gateway = TestGateway.start(servers, servers.jdbcUrl(), Map.of())) {
        GatewayClient client = new GatewayClient(gateway.url(), TestGateway.KEY);
        assertThat(client.get("/health").statusCode()).isEqualTo(503);
        assertThat(client.post("/v1/analytics/events", EVENT).statusCode()).isEqualTo(503);

        servers.kafka().start();
        servers.redis().start();

        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> client.get("/health").body().contains("\"status\":\"up\""));
        assertThat(client.post("/v1/analytics/events", EVENT).statusCode()).isEqualTo(202);
        try (TopicReader topics = new TopicReader(servers.kafkaBootstrap())) {
          assertThat(topics.taskCount()).isEqualTo(1);
        }
      }
    }
  }
}
