package io.taskfleet.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.TaskIds;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Promises 1 and 2 for batches: servers go away in the middle and come back. */
class BatchOutageIT {
  private static final IntFunction<String> TASK =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"n\",\"value\":%d}}"::formatted;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int LINES = 2_000;
  // The client keeps a few lines to itself before it sends them.
  private static final int EARLY = LINES / 2 - 100;

  private static LocalStack servers;
  private static TestGateway gateway;
  private static GatewayClient client;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    gateway =
        TestGateway.start(
            servers,
            BreakableLocalStack.createDatabase("batch_outage"),
            Map.of("taskfleet.batches.delivery", "2s"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    topics = new TopicReader(servers.kafkaBootstrap());
    // A broker takes longer over its first record than this gateway's deadline.
    await().atMost(SOON).until(() -> submit(1, TASK, "").statusCode() == 202);
  }

  @AfterAll
  static void stop() {
    topics.close();
    gateway.close();
  }

  @Test
  void saysHowFarItCameWhenKafkaStopsInTheMiddleAndTakesTheWholeAgain() {
    String key = "outage-" + UUID.randomUUID();
    String early = TaskIds.fromIdempotencyKey("default", key + "\n" + EARLY).toString();
    HttpResponse<String> answer =
        submit(
            LINES,
            line -> {
              if (line == LINES / 2 + 1) {
                await().until(() -> !topics.records("taskfleet.analytics", early).isEmpty());
                servers.kafka().kill();
              }
              return TASK.apply(line);
            },
            key);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    JsonNode problem = GatewayClient.json(answer);
    assertThat(problem.get("type").asString()).isEqualTo("/problems/unavailable");
    assertThat(problem.get("accepted").asInt()).isBetween(EARLY, LINES / 2 + 1);
    assertThat(problem.get("last_line").asInt()).isGreaterThan(EARLY);
    servers.kafka().start();
    await().atMost(SOON).until(() -> submit(1, TASK, "").statusCode() == 202);

    JsonNode whole = GatewayClient.json(submit(LINES, TASK, key));

    assertThat(whole.get("accepted").asInt()).isEqualTo(LINES);
    assertThat(whole.get("id")).isEqualTo(problem.get("id"));
    assertThat(topics.records("taskfleet.analytics", early)).hasSize(2);
    UUID closing =
        TaskIds.fromParent(UUID.fromString(whole.get("id").asString()), "closed at " + LINES);
    assertThat(topics.records("taskfleet.batch", closing.toString())).hasSize(1);
  }

  @Test
  void acceptsWithoutPostgresAndReadsTheBatchWhenItIsBack() {
    servers.postgres().kill();
    UUID id;
    try {
      HttpResponse<String> answer = submit(LINES, TASK, "");
      assertThat(answer.statusCode()).isEqualTo(202);
      id = UUID.fromString(GatewayClient.json(answer).get("id").asString());
      assertThat(client.get("/v1/batches/" + id).statusCode()).isEqualTo(503);
    } finally {
      servers.postgres().start();
    }

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(client.get("/v1/batches/" + id).statusCode()).isEqualTo(200));
  }

  @Test
  void acceptsWithoutRedis() {
    servers.redis().kill();
    try {
      HttpResponse<String> answer = submit(LINES, TASK, "");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      assertThat(client.post("/v1/batches", "[" + TASK.apply(1) + "]").statusCode()).isEqualTo(202);
    } finally {
      servers.redis().start();
    }
  }

  private static HttpResponse<String> submit(int lines, IntFunction<String> line, String key) {
    HttpRequest.Builder request =
        client
            .request("/v1/batches")
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofInputStream(() -> new GeneratedLines(lines, line)));
    return client.send((key.isEmpty() ? request : request.header("Idempotency-Key", key)).build());
  }
}
