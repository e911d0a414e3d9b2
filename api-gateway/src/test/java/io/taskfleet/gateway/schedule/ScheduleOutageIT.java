package io.taskfleet.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.AtOnce;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Schedules live in Postgres, and nothing else does because of them. */
class ScheduleOutageIT {
  private static final String SCHEDULE =
      """
      {"name":"s","every":"1h","task":{"type":"analytics","payload":{"name":"a"}}}
      """;

  @Test
  void withoutPostgresSchedulesSayWhenToComeBackAndTasksAreAcceptedAllTheSame() {
    LocalStack servers = BreakableLocalStack.get();
    try (TestGateway gateway =
        TestGateway.start(
            servers,
            BreakableLocalStack.createDatabase("schedule_outage"),
            Map.of("taskfleet.schedules.queries-at-once", "10"))) {
      GatewayClient client = new GatewayClient(gateway.url(), TestGateway.KEY);
      assertThat(client.post("/v1/schedules", SCHEDULE).statusCode()).isEqualTo(201);
      servers.redis().kill();
      assertThat(client.get("/v1/schedules/s").statusCode()).as("without Redis").isEqualTo(200);

      servers.postgres().kill();

      AtOnce.assertUnavailable(
          requests(client).stream()
              .<Supplier<HttpResponse<String>>>map(request -> () -> client.send(request))
              .toList());
      assertThat(client.post("/v1/schedules", "{\"name\":\"s\"}").statusCode()).isEqualTo(422);
      assertThat(client.post("/v1/analytics/events", "{\"name\":\"a\"}").statusCode())
          .isEqualTo(202);

      servers.postgres().start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.get("/v1/schedules/s").statusCode() == 200);
    }
  }

  private static List<HttpRequest> requests(GatewayClient client) {
    return List.of(
        client
            .request("/v1/schedules")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(SCHEDULE))
            .build(),
        client.request("/v1/schedules").GET().build(),
        client.request("/v1/schedules/s").GET().build(),
        client
            .request("/v1/schedules/s")
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", BodyPublishers.ofString("{\"enabled\":false}"))
            .build(),
        client.request("/v1/schedules/s/run").POST(BodyPublishers.noBody()).build(),
        client.request("/v1/schedules/s").DELETE().build(),
        client.request("/v1/schedules").DELETE().build());
  }
}
