package io.taskfleet.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.status.OutageRows;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.TaskState;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers go away and come back, and streams go on. */
class LiveOutageIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static LocalStack servers;
  private static TestGateway gateway;
  private static GatewayClient client;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    gateway =
        TestGateway.start(
            servers,
            BreakableLocalStack.createDatabase("live_outage"),
            Map.of("taskfleet.live.heartbeat", "500ms"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static UUID submit() {
    return UUID.fromString(
        GatewayClient.json(client.post("/v1/analytics/events", "{\"name\":\"a\"}"))
            .get("id")
            .asString());
  }

  @Test
  void streamsOutliveEachOfTheServers() throws Exception {
    UUID first = submit();
    UUID second = submit();
    UUID third = submit();
    try (LifecycleTopic topic = new LifecycleTopic(servers.kafkaBootstrap());
        SseClient tenant = SseClient.open(client, "/v1/events");
        SseClient one = SseClient.open(client, "/v1/tasks/" + first + "/events");
        SseClient two = SseClient.open(client, "/v1/tasks/" + second + "/events");
        SseClient three = SseClient.open(client, "/v1/tasks/" + third + "/events")) {
      topic.publish("default", first, TaskState.RETRYING).get();
      Awaitility.await()
          .atMost(SOON)
          .until(
              () ->
                  tenant.events().size() == 1
                      && one.events().size() == 1
                      && two.events().size() == 1
                      && three.events().size() == 1);

      servers.redis().kill();
      OutageRows.end(gateway, first);
      Awaitility.await().atMost(SOON).until(one::hasEnded);
      servers.redis().start();

      servers.kafka().kill();
      int beats = tenant.beats();
      Awaitility.await().atMost(SOON).until(() -> tenant.beats() > beats + 3);
      OutageRows.end(gateway, second);
      Awaitility.await().atMost(SOON).until(two::hasEnded);
      servers.kafka().start();
      topic.publish("default", second, TaskState.SUCCEEDED).get();
      Awaitility.await().atMost(SOON).until(() -> tenant.events().size() == 2);

      servers.postgres().kill();
      int beatsOfTask = three.beats();
      Awaitility.await().atMost(SOON).until(() -> three.beats() > beatsOfTask + 3);
      HttpResponse<String> unknown = client.get("/v1/tasks/" + UUID.randomUUID() + "/events");
      assertThat(unknown.statusCode()).isEqualTo(503);
      assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
      servers.postgres().start();
      Awaitility.await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                OutageRows.end(gateway, third);
                return true;
              });
      Awaitility.await().atMost(SOON).until(three::hasEnded);

      assertThat(one.states()).containsExactly("queued", "succeeded");
      assertThat(two.states()).containsExactly("queued", "succeeded");
      assertThat(three.states()).containsExactly("queued", "succeeded");
      assertThat(tenant.hasEnded()).isFalse();
      assertThat(tenant.states()).containsExactly("retrying", "succeeded");
    }
  }
}
