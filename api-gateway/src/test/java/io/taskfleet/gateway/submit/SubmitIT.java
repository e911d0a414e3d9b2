package io.taskfleet.gateway.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.TaskHeaders;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Promise 1: accepted means durable. */
class SubmitIT {
  private static final String EVENT = "{\"name\":\"page.viewed\",\"user_id\":\"u1\"}";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("submit", Map.of("taskfleet.web.bodies", "1MB"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    gateway.close();
  }

  @Test
  void acceptedTaskIsOnItsTopicWhenTheAnswerArrives() {
    String payload = "{\"to\":\"Ada@example.com\", \"subject\":\"Hi\",\"text\":\"x\"}";

    HttpResponse<String> answer =
        client.post(
            "/v1/tasks",
            "{\"type\":\"email\",\"priority\":\"bulk\",\"max_attempts\":2,\"payload\":"
                + payload
                + "}",
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode task = GatewayClient.json(answer);
    String id = task.get("id").asString();
    assertThat(task.get("type").asString()).isEqualTo("email");
    assertThat(task.get("state").asString()).isEqualTo("queued");
    assertThat(answer.headers().firstValue("Location"))
        .contains("/v1/tasks/" + id)
        .contains(task.at("/links/self").asString());
    ConsumerRecord<byte[], byte[]> record = onlyRecord("taskfleet.email.bulk", id);
    assertThat(new String(record.value(), UTF_8)).isEqualTo(payload);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("ada@example.com");
    assertThat(TopicReader.header(record, TaskHeaders.TYPE)).isEqualTo("io.taskfleet.email.v1");
    assertThat(TopicReader.header(record, TaskHeaders.MAX_ATTEMPTS)).isEqualTo("2");
    assertThat(TopicReader.header(record, TaskHeaders.TRACEPARENT))
        .isEqualTo(answer.headers().firstValue("traceparent").orElseThrow())
        .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
  }

  @Test
  void shortFormsTakeThePayloadAsTheBody() {
    String email =
        accepted(
            client.post(
                "/v1/emails", "{\"to\":[\"b@example.com\"],\"subject\":\"s\",\"html\":\"h\"}"));
    String notification =
        accepted(
            client.post(
                "/v1/notifications", "{\"message\":\"m\",\"url\":\"https://example.com/hook\"}"));
    String event = accepted(client.post("/v1/analytics/events", EVENT));

    onlyRecord("taskfleet.email", email);
    onlyRecord("taskfleet.notification", notification);
    assertThat(onlyRecord("taskfleet.analytics", event).value()).isEqualTo(EVENT.getBytes(UTF_8));
  }

  @Test
  void scheduledTaskSaysSoAndCarriesItsTime() {
    HttpResponse<String> answer =
        client.post(
            "/v1/tasks", "{\"type\":\"analytics\",\"delay\":\"1h\",\"payload\":" + EVENT + "}");

    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("scheduled");
    assertThat(
            TopicReader.header(
                onlyRecord("taskfleet.analytics", accepted(answer)), TaskHeaders.RUN_AT))
        .isNotEmpty();
  }

  @Test
  void sameIdempotencyKeyIsTheSameTask() {
    String first = accepted(client.post("/v1/analytics/events", EVENT, "Idempotency-Key", "k 1"));
    String again = accepted(client.post("/v1/analytics/events", EVENT, "Idempotency-Key", "k 1"));
    String other = accepted(client.post("/v1/analytics/events", EVENT, "Idempotency-Key", "k 2"));

    assertThat(again).isEqualTo(first).isNotEqualTo(other);
  }

  @Test
  void arrayIsAcceptedInPartAndSaysWhichPart() {
    HttpResponse<String> answer =
        client.post(
            "/v1/analytics/events",
            "[{\"name\":\"a\"}, {\"name\":\"\"}, 7, {\"name\":\"b\",\"value\":2.50}, null]");

    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode outcome = GatewayClient.json(answer);
    assertThat(outcome.at("/accepted/0/index").asInt()).isZero();
    assertThat(outcome.at("/accepted/1/index").asInt()).isEqualTo(3);
    assertThat(outcome.at("/refused/0/index").asInt()).isEqualTo(1);
    assertThat(outcome.at("/refused/0/errors/0/pointer").asString()).isEqualTo("/name");
    assertThat(outcome.at("/refused/1/index").asInt()).isEqualTo(2);
    assertThat(outcome.at("/refused/2/index").asInt()).isEqualTo(4);
    String last = outcome.at("/accepted/1/id").asString();
    assertThat(onlyRecord("taskfleet.analytics", last).value())
        .isEqualTo("{\"name\":\"b\",\"value\":2.50}".getBytes(UTF_8));
  }

  @Test
  void thousandEventsAreAcceptedAtOnce() {
    String body = "[" + String.join(",", Collections.nCopies(1_000, EVENT)) + "]";
    long before = topics.taskCount();

    HttpResponse<String> answer = client.post("/v1/analytics/events", body);

    assertThat(GatewayClient.json(answer).get("accepted").size()).isEqualTo(1_000);
    assertThat(topics.taskCount() - before).isEqualTo(1_000);
  }

  @Test
  void largeBodiesBeyondTheRoomAreToldToComeBackAndSmallOnesAreTaken() throws IOException {
    String large = "{\"name\":\"a\",\"properties\":{\"x\":\"%s\"}}".formatted("x".repeat(600_000));
    URI url = URI.create(gateway.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/analytics/events HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                      + "Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s")
                  .formatted(
                      TestGateway.KEY, large.length(), large.substring(0, large.length() - 1))
                  .getBytes(UTF_8));

      Awaitility.await()
          .until(() -> client.post("/v1/analytics/events", large).statusCode() == 503);
      HttpResponse<String> refused = client.post("/v1/analytics/events", large);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      accepted(client.post("/v1/analytics/events", EVENT));

      socket.getOutputStream().write('}');
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 202".length());
      assertThat(new String(status, UTF_8)).isEqualTo("HTTP/1.1 202");
    }
    Awaitility.await().until(() -> client.post("/v1/analytics/events", large).statusCode() == 202);
  }

  private static String accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayClient.json(answer).get("id").asString();
  }

  private static ConsumerRecord<byte[], byte[]> onlyRecord(String topic, String id) {
    List<ConsumerRecord<byte[], byte[]>> records = topics.records(topic, id);
    assertThat(records).hasSize(1);
    return records.getFirst();
  }
}
