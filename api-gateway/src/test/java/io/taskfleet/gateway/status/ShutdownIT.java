package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What those get who wait when a gateway is stopped. */
class ShutdownIT {

  @Test
  void whoWaitsIsAnsweredAtOnceWithWhatIsKnown() {
    CompletableFuture<HttpResponse<String>> waiting;
    try (TestGateway gateway = TestGateway.onSharedServers("shutdown", Map.of())) {
      GatewayClient client = new GatewayClient(gateway.url(), TestGateway.KEY);
      String id =
          GatewayClient.json(client.post("/v1/analytics/events", "{\"name\":\"a\"}"))
              .get("id")
              .asString();
      waiting = CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=60s"));
      TaskWatcher watcher = gateway.bean(TaskWatcher.class);
      Awaitility.await().until(() -> watcher.isWatched(UUID.fromString(id)));
    }

    HttpResponse<String> answer = waiting.join();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("queued");
  }
}
