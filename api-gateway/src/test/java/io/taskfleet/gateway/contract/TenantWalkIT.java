package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.contract.ApiDocument.Operation;
import io.taskfleet.gateway.security.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
