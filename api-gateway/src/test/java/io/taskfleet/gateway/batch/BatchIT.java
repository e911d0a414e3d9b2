package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.submit.TestTaskReader;
import io.taskfleet.gateway.web.ProblemException;
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
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class BatchIT {
  private static final String TASK =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"n\",\"value\":%d}}";
  private static final String EMAIL =
      "{\"type\":\"email\",\"payload\":{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"t\"}}";
  private static final String ANALYTICS = "taskfleet.analytics";
  private static final String CLOSINGS = "taskfleet.batch";
  private static final Duration LONG = Duration.ofMinutes(5);

  private static TestGateway gateway;
  private static GatewayClient client;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("batch", Map.of());
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
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
        .untilAsserted(
            () -> assertThat(batch(id(batch)).get("state").asString()).isEqualTo("open"));
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
  void anArrayUnderTheKeyOfAnotherIsRefused() {
    String key = "array " + UUID.randomUUID();
    String array = "[" + TASK.formatted(1) + "]";

    JsonNode first = accepted(client.post("/v1/batches", array, "Idempotency-Key", key));
    HttpResponse<String> again = client.post("/v1/batches", array, "Idempotency-Key", key);
    HttpResponse<String> other =
        client.post("/v1/batches", "[" + TASK.formatted(2) + "]", "Idempotency-Key", key);

    assertThat(accepted(again)).isEqualTo(first);
    assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(records(id(first), 1, "")).hasSize(1);
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
  void aLineThatNobodyCanJudgeIsNotRefused() {
    String key = "unclear " + UUID.randomUUID();
    String body = TASK.formatted(1) + "\n{\"type\":\"invoice\",\"payload\":{}}\n";
    Submissions submissions =
        new Submissions(
            TestTaskReader.ofUncertainTypes(),
            gateway.bean(Handovers.class),
            gateway.bean(Openings.class),
            gateway.bean(AcceptanceNotes.class),
            gateway.bean(BatchProperties.class));
    Submitter by = new Submitter("default", new IdempotencyKey(key), "00-x", Clock.systemUTC());

    assertThatThrownBy(
            () -> submissions.takeLines(new ByteArrayInputStream(body.getBytes(UTF_8)), by))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("it cannot be said");

    String first = TaskIds.fromIdempotencyKey("default", key + "\n1").toString();
    assertThat(topics.records(ANALYTICS, first)).hasSize(1);
    assertThat(records(by.batchId(), 1, "")).isEmpty();
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

  /** A single task is refused soon; a batch of which all has been taken is not given up so. */
  @Test
  void waitsForWhatKafkaKnowsOfTopicsAsLongAsForAcknowledgements() {
    try (TestGateway hasty =
        TestGateway.onSharedServers(
            "batch_hasty", Map.of("spring.kafka.producer.properties[max.block.ms]", "1"))) {
      GatewayClient client = new GatewayClient(hasty.url(), TestGateway.KEY);

      accepted(stream(client, new GeneratedLines(3, TASK::formatted)));
    }
  }

  @Test
  void aTenantsStreamsBeyondHalfAreToldToComeBackAndOthersAreTaken() {
    try (TestGateway narrow =
        TestGateway.onSharedServers(
            "batch_narrow", Map.of("taskfleet.batches.streams-at-once", "2"))) {
      GatewayClient theirs = new GatewayClient(narrow.url(), TestGateway.KEY);
      GatewayClient others = TestKeys.client(narrow, "other", "tasks:write");
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
                      accepted(stream(others, new GeneratedLines(1, TASK::formatted)));
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

  private static JsonNode accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    JsonNode batch = GatewayClient.json(answer);
    assertThat(answer.headers().firstValue("Location")).contains("/v1/batches/" + id(batch));
    return batch;
  }

  private static JsonNode batch(UUID id) {
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
}
