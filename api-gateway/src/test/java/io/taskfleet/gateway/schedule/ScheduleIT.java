package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Schedules over HTTP. Nobody fires them here. */
class ScheduleIT {
  static TestGateway gateway;
  static GatewayClient client;
  static GatewayClient other;
  static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "schedule", Map.of("taskfleet.schedules.most-per-tenant", "12"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = Tenants.client(gateway, "other", "tasks:read", "tasks:write");
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    gateway.close();
  }

  @BeforeEach
  void clear() {
    gateway.bean(JdbcClient.class).sql("truncate schedule").update();
  }

  @Nested
  class MakingCases extends ScheduleMaking {}

  @Nested
  class PagesCases extends SchedulePages {}

  @Nested
  class ChangesCases extends ScheduleChanges {}

  @Nested
  class RunsCases extends ScheduleRuns {}

  @Nested
  class AccessCases extends ScheduleAccess {}
}
