package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class BatchIT {
  private static final String TASK =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"n\",\"value\":%d}}";
  private static final String EMAIL =
      "{\"type\":\"email\",\"payload\":{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"t\"}}";
  private static final String ANALYTICS = "taskfleet.analytics";
  private static final String CLOSINGS = "taskfleet.batch";
  private static final String OTHERS_KEY = "tf_otherotherotherotherother";
  private static final Duration LONG = Duration.ofMinutes(5);

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("batch", Map.of("taskfleet.batches.cancel-at-once", "3"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = new GatewayClient(gateway.url(), OTHERS_KEY);
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
    sql(
        """
        insert into api_key (id, tenant, name, hash, scopes, created_at)
        values (gen_random_uuid(), 'other', 'test', sha256(convert_to(?, 'UTF8')),
            '{tasks:read,tasks:write}', now())
        """,
        OTHERS_KEY);
  }

  @AfterAll
  static void stop() throws Exception {
    topics.deleteTasks();
    topics.close();
    gateway.close();
  }

  @Test
  void countsOfAStreamAreExactHoweverManyLinesAreBad() {
    int lines = Integer.getInteger("batch.lines", 100_000);
    long before = topics.taskCount();

    HttpResponse<String> answer =
        stream(
            new GeneratedLines(
                lines, n -> n % 100 == 0 ? "{\"type\":\"analytics\"}" : TASK.formatted(n)));

    JsonNode batch = accepted(answer);
    assertThat(batch.get("accepted").asInt()).isEqualTo(lines - lines / 100);
    assertThat(batch.get("refused").asInt()).isEqualTo(lines / 100);
    assertThat(batch.at("/refused_lines/0/line").asInt()).isEqualTo(100);
    assertThat(batch.at("/refused_lines/1/line").asInt()).isEqualTo(200);
    assertThat(batch.at("/refused_lines/0/errors/0/pointer").asString()).isEqualTo("/payload");
    assertThat(batch.get("refused_lines")).hasSize(Math.min(1_000, lines / 100));
    assertThat(batch.get("refused_truncated").asBoolean()).isEqualTo(lines / 100 > 1_000);
    assertThat(topics.taskCount() - before).isEqualTo(lines - lines / 100);
    assertThat(closing(id(batch), lines - lines / 100, ""))
        .isEqualTo("{\"batch_id\":\"%s\",\"total\":%d}".formatted(id(batch), lines - lines / 100));
  }

  @Test
  void tellsOfTheFirstRefusedLinesOnly() {
    JsonNode batch =
        accepted(stream(new GeneratedLines(1_100, n -> n == 7 ? TASK.formatted(1) : "no")));

    assertThat(batch.get("refused").asInt()).isEqualTo(1_099);
    assertThat(batch.get("refused_lines")).hasSize(1_000);
    assertThat(batch.get("refused_truncated").asBoolean()).isTrue();
  }

  @Test
  void aRecordCarriesItsBatch() {
    JsonNode batch = accepted(client.post("/v1/batches", "[" + TASK.formatted(1) + "]"));

    String task = batch.at("/tasks/0/id").asString();
    assertThat(batch.at("/tasks/0/line").asInt()).isEqualTo(1);
    ConsumerRecord<byte[], byte[]> record = topics.records(ANALYTICS, task).getFirst();
    assertThat(TopicReader.header(record, TaskHeaders.BATCH_ID)).isEqualTo(id(batch).toString());
    assertThat(client.get("/v1/tasks/" + task).statusCode()).isEqualTo(200);
    await()
        .untilAsserted(() -> assertThat(read(id(batch)).get("state").asString()).isEqualTo("open"));
  }

  @Test
  void theSameKeyIsTheSameBatchOfTheSameTasks() {
    String body = "\n" + TASK.formatted(1) + "\nno\n" + TASK.formatted(2);
    String key = "again " + UUID.randomUUID();

    JsonNode first = accepted(stream(body, "Idempotency-Key", key));
    JsonNode again = accepted(stream(body, "Idempotency-Key", key));
    JsonNode others = accepted(stream(body, "Idempotency-Key", key + "!"));

    assertThat(again).isEqualTo(first);
    assertThat(id(others)).isNotEqualTo(id(first));
    for (int line : List.of(2, 4)) {
      String task = TaskIds.fromIdempotencyKey("default", key + "\n" + line).toString();
      assertThat(topics.records(ANALYTICS, task)).hasSize(2);
    }
    assertThat(records(id(first), 2, "")).hasSize(2);
  }

  @Test
  void onCompleteTravelsWithTheClosing() {
    String next = "{\"on_complete\":" + EMAIL + "}";

    JsonNode lines = accepted(stream(next + "\n" + TASK.formatted(1)));
    JsonNode array =
        accepted(
            client.post(
                "/v1/batches",
                "{\"tasks\":[" + TASK.formatted(1) + "],\"on_complete\":" + EMAIL + "}"));

    for (JsonNode batch : List.of(lines, array)) {
      assertThat(closing(id(batch), 1, " with on_complete"))
          .contains("\"type\":\"email\"", "\"key\":\"a@example.com\"", "\"subject\":\"s\"");
    }
  }

  static Stream<String> wrongOnCompletes() {
    return Stream.of(
        "{\"type\":\"batch\",\"payload\":{}}",
        "{\"type\":\"email\",\"payload\":{\"to\":7}}",
        "null",
        "7",
        "{\"type\":\"analytics\",\"payload\":{\"name\":\"n\"},\"delay\":\"1h\"}");
  }

  @ParameterizedTest
  @MethodSource("wrongOnCompletes")
  void aWrongOnCompleteRefusesTheWholeBatch(String wrong) {
    long before = topics.taskCount();

    HttpResponse<String> lines = stream("{\"on_complete\":" + wrong + "}\n" + TASK.formatted(1));

    assertThat(lines.statusCode()).as(lines.body()).isEqualTo(422);
    assertThat(GatewayClient.json(lines).at("/errors/0/pointer").asString())
        .startsWith("/on_complete");
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  static Stream<String> bodiesWithoutATask() {
    return Stream.of(
        "", "\n\r\n", "no", "{}", "\u0000", "\uFEFF" + TASK.formatted(1), "[]", "7\n7");
  }

  @ParameterizedTest
  @MethodSource("bodiesWithoutATask")
  void aBodyWithoutATaskIsRefused(String body) {
    long before = topics.taskCount();

    HttpResponse<String> answer = stream(body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  @Test
  void oneHugeLineIsOneRefusedLine() {
    String huge = "{\"type\":\"analytics\",\"payload\":{\"name\":\"" + "n".repeat(2 << 20) + "\"}}";

    JsonNode batch = accepted(stream(TASK.formatted(1) + "\n" + huge + "\n" + TASK.formatted(2)));

    assertThat(batch.get("accepted").asInt()).isEqualTo(2);
    assertThat(batch.at("/refused_lines/0/line").asInt()).isEqualTo(2);
    assertThat(batch.at("/refused_lines/0/errors/0/code").asString()).isEqualTo("LIMITS_EXCEEDED");
  }

  @Test
  void arraysAreRefusedWhenTheyAreNone() {
    assertThat(client.post("/v1/batches", "[]").statusCode()).isEqualTo(422);
    assertThat(client.post("/v1/batches", "{}").statusCode()).isEqualTo(422);
    assertThat(client.post("/v1/batches", "[null]").statusCode()).isEqualTo(422);
    assertThat(client.post("/v1/batches", "{\"task\":[]}").statusCode()).isEqualTo(422);
    assertThat(client.post("/v1/batches", "[").statusCode()).isEqualTo(400);
    assertThat(client.post("/v1/batches", "[" + "7,".repeat(1_000) + "7]").statusCode())
        .isEqualTo(422);
    JsonNode batch = accepted(client.post("/v1/batches", "[7," + TASK.formatted(1) + ",null]"));
    assertThat(batch.at("/refused_lines/0/line").asInt()).isEqualTo(1);
    assertThat(batch.at("/refused_lines/1/line").asInt()).isEqualTo(3);
    assertThat(batch.at("/tasks/0/line").asInt()).isEqualTo(2);
  }

  @Test
  void onlyPlainUtf8IsRead() {
    assertThat(stream(TASK.formatted(1), "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
  }

  @Test
  void streamsBeyondTheBoundAreToldToComeBack() {
    try (TestGateway narrow =
        TestGateway.onSharedServers(
            "batch_narrow", Map.of("taskfleet.batches.streams-at-once", "1"))) {
      GatewayClient theirs = new GatewayClient(narrow.url(), TestGateway.KEY);
      HttpResponse<String> first =
          stream(
              theirs,
              new GeneratedLines(
                  20_000,
                  n -> {
                    if (n == 20_000) {
                      HttpResponse<String> second =
                          stream(theirs, new GeneratedLines(1, TASK::formatted));
                      assertThat(second.statusCode()).isEqualTo(503);
                      assertThat(second.headers().firstValue("Retry-After")).isPresent();
                    }
                    return TASK.formatted(n);
                  }));
      assertThat(accepted(first).get("accepted").asInt()).isEqualTo(20_000);
      accepted(stream(theirs, new GeneratedLines(1, TASK::formatted)));
    }
  }

  @Test
  void whatWasAcceptedBeforeTheCallerVanishedIsABatch() throws IOException {
    String key = "vanished-" + UUID.randomUUID();
    UUID batch = TaskIds.fromIdempotencyKey("default", key + "\nbatch");
    String lines = (TASK.formatted(1) + "\n").repeat(500);
    URI url = URI.create(gateway.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/batches HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\n"
                  + "Authorization: Bearer "
                  + TestGateway.KEY
                  + "\r\nIdempotency-Key: "
                  + key
                  + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(lines.length())
                  + "\r\n"
                  + lines
                  + "\r\n")
              .getBytes(UTF_8));
      out.flush();
      String last = TaskIds.fromIdempotencyKey("default", key + "\n500").toString();
      await().until(() -> !topics.records(ANALYTICS, last).isEmpty());
      socket.setSoLinger(true, 0);
    }

    await().until(() -> !records(batch, 500, "").isEmpty());
  }

  @Test
  void anothersBatchIsNotThere() {
    UUID id = TaskIds.fromIdempotencyKey("default", "of default");
    row(id, 1, 0);

    for (String path : List.of("", "?wait=1s", "/results", "/results?format=csv")) {
      assertThat(other.get("/v1/batches/" + id + path).statusCode()).isEqualTo(404);
      assertThat(client.get("/v1/batches/" + id + path).statusCode()).isEqualTo(200);
    }
    assertThat(delete(other, id).statusCode()).isEqualTo(404);
    assertThat(read(id).get("state").asString()).isEqualTo("running");
    assertThat(client.get("/v1/batches/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
    assertThat(client.get("/v1/batches/x").statusCode()).isEqualTo(404);
  }

  @Test
  void aBatchIsReadWithItsCounts() {
    UUID id = UUID.randomUUID();
    row(id, 10, 4);

    JsonNode batch = read(id);

    assertThat(batch.get("state").asString()).isEqualTo("running");
    assertThat(batch.get("total").asInt()).isEqualTo(10);
    assertThat(batch.get("processed").asInt()).isEqualTo(4);
    assertThat(batch.at("/counts/pending").asInt()).isEqualTo(6);
    assertThat(batch.at("/counts/succeeded").asInt()).isEqualTo(4);
    assertThat(batch.at("/links/results").asString()).isEqualTo("/v1/batches/" + id + "/results");
    assertThat(client.get("/v1/batches/" + id).headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void whoWaitsIsAnsweredWithTheResultsWhenTheLastHasEnded() {
    UUID id = UUID.randomUUID();
    row(id, 2, 0);
    task(id, "succeeded", "k");
    Thread ends =
        Thread.startVirtualThread(
            () -> {
              task(id, "succeeded", "k");
              sql("update batch set succeeded = 2, finished_at = now() where id = ?", id);
            });

    JsonNode batch = GatewayClient.json(client.get("/v1/batches/" + id + "?wait=20s"));

    assertThat(batch.get("state").asString()).isEqualTo("finished");
    assertThat(batch.get("processed").asInt()).isEqualTo(2);
    assertThat(batch.get("results")).hasSize(2);
    assertThat(batch.at("/results/0/result/ok").asBoolean()).isTrue();
    assertThat(ends).isNotNull();
  }

  @Test
  void whoWaitsInVainIsAnsweredWhenTheTimeIsUp() {
    UUID id = UUID.randomUUID();
    row(id, 2, 1);

    HttpResponse<String> answer = client.get("/v1/batches/" + id + "?wait=300ms");

    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("running");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void resultsAreDownloadedOverManyPages() {
    UUID id = UUID.randomUUID();
    row(id, 1_201, 1_201);
    IntStream.range(0, 1_200).forEach(n -> task(id, "succeeded", "k"));
    task(id, "dead", "=cmd()");
    task(id, "retrying", "k");

    HttpResponse<String> lines = client.get("/v1/batches/" + id + "/results");
    HttpResponse<String> csv = client.get("/v1/batches/" + id + "/results?format=csv");

    assertThat(lines.body().lines()).hasSize(1_201).doesNotHaveDuplicates();
    assertThat(lines.headers().firstValue("Content-Disposition").orElseThrow())
        .contains("attachment", id + ".ndjson");
    assertThat(csv.body().lines()).hasSize(1_202);
    assertThat(csv.body()).contains(",dead,'=cmd(),");
    assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv;charset=utf-8");
    assertThat(client.get("/v1/batches/" + id + "/results?format=xls").statusCode()).isEqualTo(400);
  }

  @Test
  void cancellingStopsWhatWaitsAndLeavesTheRestToTheWorkers() {
    UUID id = UUID.randomUUID();
    row(id, 7, 1);
    task(id, "succeeded", "k");
    IntStream.range(0, 5).forEach(n -> task(id, "scheduled", "k"));

    JsonNode batch = GatewayClient.json(delete(client, id));

    assertThat(batch.get("state").asString()).isEqualTo("cancelling");
    assertThat(batch.at("/counts/cancelled").asInt()).isEqualTo(3);
    assertThat(count("select count(*) from task where batch_id = ? and state = 'cancelled'", id))
        .isEqualTo(3);
    assertThat(GatewayClient.json(delete(client, id)).at("/counts/cancelled").asInt()).isEqualTo(5);
  }

  @Test
  void cancellingTheLastEndsTheBatchAndNothingFollows() {
    UUID id = UUID.randomUUID();
    row(id, 1, 0);
    task(id, "scheduled", "k");
    UUID next = UUID.randomUUID();
    task(next, UUID.randomUUID(), "scheduled", "k");
    sql("update batch set on_complete = ? where id = ?", next, id);

    JsonNode batch = GatewayClient.json(delete(client, id));

    assertThat(batch.get("state").asString()).isEqualTo("cancelled");
    assertThat(count("select count(*) from task where id = ? and state = 'cancelled'", next))
        .isEqualTo(1);
    assertThat(delete(client, id).statusCode()).isEqualTo(200);
  }

  @Test
  void aBatchThatHasEndedIsNotCancelled() {
    UUID id = UUID.randomUUID();
    row(id, 1, 1);
    sql("update batch set finished_at = now() where id = ?", id);

    assertThat(delete(client, id).statusCode()).isEqualTo(409);
  }

  private static HttpResponse<String> stream(String body, String... headers) {
    return stream(new ByteArrayInputStream(body.getBytes(UTF_8)), headers);
  }

  private static HttpResponse<String> stream(InputStream body, String... headers) {
    return stream(client, body, headers);
  }

  private static HttpResponse<String> stream(
      GatewayClient by, InputStream body, String... headers) {
    var request =
        by.request("/v1/batches")
            .timeout(LONG)
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofInputStream(() -> body));
    return by.send((headers.length > 0 ? request.headers(headers) : request).build());
  }

  private static HttpResponse<String> delete(GatewayClient by, UUID id) {
    return by.send(by.request("/v1/batches/" + id).DELETE().build());
  }

  private static JsonNode accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode batch = GatewayClient.json(answer);
    assertThat(answer.headers().firstValue("Location")).contains("/v1/batches/" + id(batch));
    return batch;
  }

  private static JsonNode read(UUID id) {
    return GatewayClient.json(client.get("/v1/batches/" + id));
  }

  private static UUID id(JsonNode batch) {
    return UUID.fromString(batch.get("id").asString());
  }

  private static String closing(UUID batch, int total, String with) {
    return new String(records(batch, total, with).getFirst().value(), UTF_8);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(UUID batch, int total, String with) {
    return topics.records(
        CLOSINGS, TaskIds.fromParent(batch, "closed at " + total + with).toString());
  }

  private static void row(UUID id, int total, int succeeded) {
    sql(
        "insert into batch (id, tenant, total, succeeded) values (?, 'default', ?, ?)",
        id,
        total,
        succeeded);
  }

  private static void task(UUID batch, String state, String key) {
    UUID id = UUID.randomUUID();
    task(id, batch, state, key);
  }

  private static void task(UUID id, UUID batch, String state, String key) {
    sql(
        """
        insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
            payload_hash, result, worker, created_at, batch_id)
        values (?, 'default', 'analytics', 'normal', ?, ?, 1, 1, '', '{"ok":true}', 'w', now(), ?)
        """,
        id,
        key,
        state,
        batch);
  }

  private static long count(String sql, UUID id) {
    return gateway.bean(JdbcClient.class).sql(sql).param(id).query(Long.class).single();
  }

  private static void sql(String sql, Object... parameters) {
    gateway.bean(JdbcClient.class).sql(sql).params(List.of(parameters)).update();
  }
}
