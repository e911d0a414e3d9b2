package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.contract.ApiDocument.Operation;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.task.TaskIds;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every route of the document that the gateway serves, as its owner, a stranger, a nobody and
 * somebody without its scope call it. Each answer is one that the document describes.
 */
class TenantWalkIT {
  private static final String OWNER = "walk-owner";
  private static final String STRANGER = "walk-stranger";
  private static final String STREAM = "text/event-stream";

  private static TestGateway gateway;
  private static ApiDocument api;
  private static GatewayClient owner;
  private static GatewayClient stranger;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("tenant_walk", Map.of());
    GatewayClient nobody = new GatewayClient(gateway.url(), "");
    api = new ApiDocument(GatewayClient.json(nobody.get("/v1/openapi.json")));
    owner = TestKeys.client(gateway, OWNER, scopesWithout(""));
    stranger = TestKeys.client(gateway, STRANGER, scopesWithout(""));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String[] scopesWithout(String missing) {
    return Arrays.stream(Scope.values())
        .map(Scope::label)
        .filter(label -> !label.equals(missing))
        .toArray(String[]::new);
  }

  static List<Operation> all() {
    return api.operations();
  }

  static Stream<Operation> closed() {
    return all().stream().filter(each -> each.scope().isPresent());
  }

  static Stream<Operation> aboutOneThing() {
    return closed().filter(Operation::hasVariables);
  }

  static Stream<Operation> aboutATaskOrABatch() {
    return aboutOneThing().filter(each -> each.path().matches("/v1/(tasks|batches)/\\{id}.*"));
  }

  static Stream<Operation> aboutAll() {
    return closed().filter(each -> !each.hasVariables());
  }

  @ParameterizedTest
  @MethodSource("all")
  void itsOwnerFindsEverythingAndTheAnswerIsAsDescribed(Operation operation) throws Exception {
    Things things = Things.of(gateway, owner, OWNER);

    Answer answer = send(operation, things, owner);

    assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
    assertThat(answer.wrong(operation)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("aboutOneThing")
  void aStrangerFindsNothing(Operation operation) throws Exception {
    Things things = Things.of(gateway, owner, OWNER);

    Answer answer = send(operation, things, stranger);

    assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    assertThat(answer.wrong(operation)).isEmpty();
    assertThat(stillThere(things)).containsOnly(200);
  }

  /** Else whoever asks for a stranger's old tasks would learn that they are there. */
  @ParameterizedTest
  @MethodSource("aboutATaskOrABatch")
  void anOldIdIsOfSomethingGoneWhetherAnotherHasItOrNobodyEverHad(Operation operation)
      throws Exception {
    Things kept = old();
    store(kept);

    Answer strangers = send(operation, kept, stranger);
    Answer nobodys = send(operation, old(), stranger);

    assertThat(List.of(strangers.status(), nobodys.status())).containsOnly(410);
    assertThat(strangers.wrong(operation)).isEmpty();
    assertThat(strangers.problem()).isEqualTo(nobodys.problem());
    assertThat(send(operation, kept, owner).status()).isNotIn(404, 410);
  }

  /** Names of a task and a batch older than anything that has ended is kept for. */
  private static Things old() {
    Clock then = Clock.fixed(Instant.parse("2020-02-02T02:02:02Z"), ZoneOffset.UTC);
    return new Things(
        TaskIds.next(then).toString(), TaskIds.next(then).toString(), "", "", "", "", "");
  }

  /** A dead task, which is kept for longer, and so is its batch. */
  private static void store(Things old) {
    JdbcClient sql = gateway.bean(JdbcClient.class);
    sql.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, worker, created_at, finished_at, batch_id)
            values (?, ?, 'analytics', 'normal', 'k', 'dead', 1, 1, '{"name":"a"}', '', 'w',
                '2020-02-02Z', '2020-02-02Z', ?)
            """)
        .params(UUID.fromString(old.task()), OWNER, UUID.fromString(old.batch()))
        .update();
    sql.sql(
            "insert into batch (id, tenant, total, dead, created_at, finished_at)"
                + " values (?, ?, 1, 1, '2020-02-02Z', '2020-02-02Z')")
        .params(UUID.fromString(old.batch()), OWNER)
        .update();
  }

  @ParameterizedTest
  @MethodSource("aboutAll")
  void whatAStrangerIsToldHoldsNothingOfOthers(Operation operation) throws Exception {
    Things things = Things.of(gateway, owner, OWNER);

    Answer answer = send(operation, things, stranger);

    assertThat(answer.text()).doesNotContain(things.names());
    assertThat(answer.wrong(operation)).isEmpty();
    assertThat(stillThere(things)).containsOnly(200);
  }

  @ParameterizedTest
  @MethodSource("closed")
  void nobodyIsLetIn(Operation operation) throws Exception {
    Answer answer = send(operation, NOTHING, new GatewayClient(gateway.url(), ""));

    assertThat(answer.status()).as(answer.text()).isEqualTo(401);
    assertThat(answer.wrong(operation)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("closed")
  void theScopeThatIsDescribedIsTheOneThatIsDemanded(Operation operation) throws Exception {
    String scope = operation.scope().orElseThrow();
    GatewayClient others = TestKeys.client(gateway, OWNER, scopesWithout(scope));

    Answer refused = send(operation, NOTHING, others);

    assertThat(refused.status()).as(refused.text()).isEqualTo(403);
    assertThat(refused.wrong(operation)).isEmpty();
    assertThat(send(operation, NOTHING, TestKeys.client(gateway, OWNER, scope)).status())
        .isNotIn(401, 403);
  }

  /** Names of things that are not there. */
  private static final Things NOTHING =
      new Things(
          "01a1fe24-8f69-798a-b174-0f5664c32482",
          "01a1fe24-8f69-798a-b174-0f5664c32483",
          "nothing",
          "01a1fe24-8f69-798a-b174-0f5664c32484",
          "01a1fe24-8f69-798a-b174-0f5664c32485",
          "01a1fe24-8f69-798a-b174-0f5664c32486",
          "nothing");

  private static List<Integer> stillThere(Things things) {
    return Stream.of(
            "/v1/tasks/{id}",
            "/v1/batches/{id}",
            "/v1/schedules/{name}",
            "/v1/email-templates/{name}",
            "/v1/users/{id}",
            "/v1/webhook-endpoints/{id}")
        .map(path -> owner.get(things.in(path)).statusCode())
        .toList();
  }

  /** What came back; of a stream, that it began. */
  private record Answer(int status, String type, String text) {
    List<String> wrong(Operation operation) {
      if (status == 204) {
        return text.isEmpty() ? List.of() : List.of("204 with a body");
      }
      JsonNode body =
          type.endsWith("json") && !type.endsWith("ndjson")
              ? JsonMapper.shared().readTree(text)
              : null;
      return body == null
          ? api.describes(operation, status, type)
          : api.wrongIn(operation, status, type, body);
    }

    /** Of a problem document what is not of the one request alone. */
    JsonNode problem() {
      return ((ObjectNode) JsonMapper.shared().readTree(text)).without("trace_id");
    }
  }

  private Answer send(Operation operation, Things things, GatewayClient by) throws Exception {
    HttpResponse<InputStream> answer =
        http.send(request(operation, things, by), BodyHandlers.ofInputStream());
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    try (InputStream body = answer.body()) {
      String text = type.equals(STREAM) ? "" : new String(body.readAllBytes(), UTF_8);
      return new Answer(answer.statusCode(), type, text);
    }
  }

  private static HttpRequest request(Operation operation, Things things, GatewayClient by)
      throws IOException {
    HttpRequest.Builder request =
        by.request(things.in(operation.path()) + operation.requiredQuery());
    JsonNode content = operation.json().at("/requestBody/content");
    if (content.isMissingNode()) {
      return request.method(operation.method(), BodyPublishers.noBody()).build();
    }
    Map.Entry<String, JsonNode> first = content.properties().iterator().next();
    String body = String.valueOf(first.getValue().get("example"));
    // What can be there once is called anew each time.
    String own =
        body.replace("ada@", UUID.randomUUID() + "@").replace("nightly", "n-" + UUID.randomUUID());
    return request
        .header("Content-Type", first.getKey())
        .method(operation.method(), BodyPublishers.ofString(own))
        .build();
  }
}
