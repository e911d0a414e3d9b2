package io.taskfleet.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.OtherTenant;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.status.OutageRows;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** The streams of a task and of a batch. */
class TaskAndBatchEventsIT {
  private static final String UNKNOWN = UUID.randomUUID().toString();

  private static TestGateway gateway;
  private static GatewayClient client;
  private static RedisClient redisClient;
  private static RedisCommands<String, String> redis;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers("task_events", Map.of("taskfleet.live.heartbeat", "500ms"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    redisClient = RedisClient.create(SharedLocalStack.get().redisUri());
    redis = redisClient.connect().sync();
  }

  @AfterAll
  static void stop() {
    redisClient.shutdown();
    gateway.close();
  }

  private static UUID submit() {
    return UUID.fromString(
        GatewayClient.json(client.post("/v1/analytics/events", "{\"name\":\"a\"}"))
            .get("id")
            .asString());
  }

  private static String path(UUID task) {
    return "/v1/tasks/" + task + "/events";
  }

  /** As a worker does. */
  private static void tell(UUID task, TaskState state, int attempt) {
    redis.set(
        RedisKeys.task(task),
        StrictJson.mapper()
            .writeValueAsString(LifecycleTopic.status("default", task, state, attempt)));
  }

  @Test
  void tellsEachChangeOfATaskAndEndsAfterTheLast() {
    UUID task = submit();
    try (SseClient stream = SseClient.open(client, path(task))) {
      List<String> told = List.of("queued", "running", "retrying", "running", "succeeded");
      awaitStates(stream, told.subList(0, 1));
      tell(task, TaskState.RUNNING, 1);
      awaitStates(stream, told.subList(0, 2));
      tell(task, TaskState.RETRYING, 1);
      awaitStates(stream, told.subList(0, 3));
      tell(task, TaskState.RUNNING, 2);
      awaitStates(stream, told.subList(0, 4));
      Awaitility.await().until(() -> stream.beats() > 0);
      tell(task, TaskState.SUCCEEDED, 2);
      awaitStates(stream, told);
      Awaitility.await().until(stream::hasEnded);

      assertThat(stream.events()).allMatch(event -> event.name().equals("task"));
      assertThat(stream.events().getLast().json())
          .isEqualTo(GatewayClient.json(client.get("/v1/tasks/" + task)));
      String last = stream.lastId().orElseThrow();
      assertThat(client.get(path(task), "Last-Event-ID", last).statusCode()).isEqualTo(204);
      assertThat(client.get(path(task), "Last-Event-ID", "running-1").body())
          .contains("event: task", "succeeded");
      assertThat(client.get(path(task)).body()).contains("event: task", "succeeded");
    }
  }

  @Test
  void tellsHowFarATaskHasComeWhileItRuns() {
    UUID task = submit();
    try (SseClient stream = SseClient.open(client, path(task))) {
      awaitStates(stream, List.of("queued"));
      tellProgress(task, 10, "read");
      awaitStates(stream, List.of("queued", "running"));
      assertThat(GatewayClient.json(client.get("/v1/tasks/" + task)).path("progress").toString())
          .isEqualTo("{\"percent\":10,\"message\":\"read\"}");
      tellProgress(task, 40, "scaling");
      awaitStates(stream, List.of("queued", "running", "running"));
      assertThat(stream.events().getLast().json().at("/progress/percent").asInt()).isEqualTo(40);
      assertThat(stream.lastId()).contains("running-1-40");
      tell(task, TaskState.SUCCEEDED, 1);
      Awaitility.await().until(stream::hasEnded);

      assertThat(stream.events().getLast().json().has("progress")).isFalse();
      assertThat(client.get(path(task), "Last-Event-ID", "running-1-40").body())
          .contains("succeeded");
    }
  }

  private static void tellProgress(UUID task, int percent, String message) {
    ObjectNode status =
        StrictJson.mapper()
            .valueToTree(LifecycleTopic.status("default", task, TaskState.RUNNING, 1));
    status.put("started_at", "2026-11-22T10:00:00Z");
    status.putObject("progress").put("percent", percent).put("message", message);
    redis.set(RedisKeys.task(task), status.toString());
  }

  private static void awaitStates(SseClient stream, List<String> states) {
    Awaitility.await().untilAsserted(() -> assertThat(stream.states()).isEqualTo(states));
  }

  @Test
  void findsAnEndThatRedisWasNotToldOfAndGoesNotBack() {
    UUID task = submit();
    try (SseClient stream = SseClient.open(client, path(task))) {
      awaitStates(stream, List.of("queued"));
      tell(task, TaskState.RUNNING, 1);
      awaitStates(stream, List.of("queued", "running"));
      // Forgotten: what it stood at before must not come back.
      redis.del(RedisKeys.task(task));
      OutageRows.end(gateway, task);

      Awaitility.await().until(stream::hasEnded);

      assertThat(stream.states()).containsExactly("queued", "running", "succeeded");
    }
  }

  @Test
  void tellsHowABatchComesOnAndEndsWithIt() {
    String id =
        GatewayClient.json(
                client.post(
                    "/v1/batches",
                    "[{\"type\":\"analytics\",\"payload\":{\"name\":\"a\"}},"
                        + "{\"type\":\"analytics\",\"payload\":{\"name\":\"b\"}}]"))
            .get("id")
            .asString();
    Awaitility.await().until(() -> client.get("/v1/batches/" + id).statusCode() == 200);
    String path = "/v1/batches/" + id + "/events";
    try (SseClient stream = SseClient.open(client, path)) {
      awaitStates(stream, List.of("open"));
      batch(id, "total = 2");
      awaitStates(stream, List.of("open", "running"));
      batch(id, "succeeded = 1");
      awaitStates(stream, List.of("open", "running", "running"));
      batch(id, "dead = 1, finished_at = now()");
      awaitStates(stream, List.of("open", "running", "running", "finished"));
      Awaitility.await().until(stream::hasEnded);

      assertThat(stream.events()).allMatch(event -> event.name().equals("batch"));
      assertThat(stream.events().getLast().json())
          .isEqualTo(GatewayClient.json(client.get("/v1/batches/" + id)));
      String last = stream.lastId().orElseThrow();
      assertThat(client.get(path, "Last-Event-ID", last).statusCode()).isEqualTo(204);
      assertThat(client.get(path, "Last-Event-ID", "1-running").body()).contains("finished");
    }
    GatewayClient other = OtherTenant.client(gateway, "other-batch");
    // Of a batch this new it cannot be said that there is none.
    HttpResponse<String> foreign = other.get(path);
    assertThat(foreign.statusCode()).isIn(404, 503);
    assertThat(foreign.body()).doesNotContain("event:");
  }

  private static void batch(String id, String change) {
    gateway
        .bean(JdbcClient.class)
        .sql("update batch set " + change + " where id = :id")
        .param("id", UUID.fromString(id))
        .update();
  }

  @Test
  void answersWithAProblemWhereThereIsNothingToTell() {
    UUID task = submit();
    GatewayClient other = OtherTenant.client(gateway, "other-task");

    for (String path :
        List.of(
            "/v1/tasks/" + UNKNOWN + "/events",
            "/v1/tasks/x/events",
            "/v1/batches/" + UNKNOWN + "/events",
            "/v1/batches/x/events")) {
      HttpResponse<String> answer = client.get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }
    assertThat(other.get(path(task)).statusCode()).isEqualTo(404);
    assertThat(client.get(path(task), "Last-Event-ID", "x").statusCode()).isEqualTo(422);
    assertThat(client.get(path(task), "Accept", "text/html").statusCode()).isEqualTo(406);
    assertThat(
            client
                .send(client.request(path(task)).method("HEAD", BodyPublishers.noBody()).build())
                .statusCode())
        .isEqualTo(200);
    Awaitility.await().until(() -> gateway.bean(EventStreams.class).size() == 0);
  }

  @Test
  void holdsUpNoShutdown() {
    SseClient task;
    SseClient tenant;
    long began;
    try (TestGateway stopping = TestGateway.onSharedServers("sse_shutdown", Map.of())) {
      GatewayClient caller = new GatewayClient(stopping.url(), TestGateway.KEY);
      String id =
          GatewayClient.json(caller.post("/v1/analytics/events", "{\"name\":\"a\"}"))
              .get("id")
              .asString();
      task = SseClient.open(caller, "/v1/tasks/" + id + "/events");
      tenant = SseClient.open(caller, "/v1/events");
      Awaitility.await().until(() -> task.events().size() == 1 && tenant.lastId().isPresent());
      began = System.nanoTime();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    Awaitility.await().until(() -> task.hasEnded() && tenant.hasEnded());
  }
}
