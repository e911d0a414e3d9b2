package io.taskfleet.gateway.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is refused over HTTP: the data says how, this says that nothing of it reaches Kafka. */
class BadInputIT {
  private static final Path CORPUS = Path.of("src/test/resources/bad-inputs/http.jsonl");
  private static final Path RAW_CORPUS = Path.of("src/test/resources/bad-inputs/raw-http.jsonl");
  private static final Path BLOCKED_DESTINATIONS =
      Path.of("../common/src/test/resources/blocked-destinations.jsonl");
  private static final List<String> INTERNALS =
      List.of("Exception", "java.", "io.taskfleet", "org.", "select ", "\tat ", "example.com");

  private static TestGateway gateway;
  private static GatewayClient client;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("bad_input", Map.of());
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    gateway.close();
  }

  record Case(String name, JsonNode data) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> corpus() throws IOException {
    return cases(CORPUS);
  }

  private static Stream<Case> cases(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(JsonMapper.shared()::readTree)
        .map(data -> new Case(data.get("name").asString(), data));
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void refusesWithAProblemAndPublishesNothing(Case input) {
    long before = topics.taskCount();

    HttpResponse<String> answer = client.send(request(input.data()));

    JsonNode expected = input.data().get("expect");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected.get("status").asInt());
    assertIsProblem(answer);
    if (expected.has("code")) {
      assertThat(GatewayClient.json(answer).at("/errors").findValuesAsString("code"))
          .contains(expected.get("code").asString());
    }
    if (expected.has("pointer")) {
      assertThat(GatewayClient.json(answer).at("/errors").findValuesAsString("pointer"))
          .contains(expected.get("pointer").asString());
    }
    expected
        .path("header")
        .properties()
        .forEach(
            header ->
                assertThat(answer.headers().firstValue(header.getKey()))
                    .hasValueSatisfying(
                        value -> assertThat(value).contains(header.getValue().asString())));
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  static Stream<Case> rawCorpus() throws IOException {
    return cases(RAW_CORPUS);
  }

  /** What no client library would send. Nothing behind it on the connection is answered either. */
  @ParameterizedTest
  @MethodSource("rawCorpus")
  void refusesWhatIsNoProperHttp(Case input) throws IOException {
    long before = topics.taskCount();
    URI url = URI.create(gateway.url());
    String request = input.data().get("request").asString().replace("{key}", TestGateway.KEY);
    String answer;
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    String expected = input.data().get("answer").asString();
    assertThat(answer).startsWith(expected);
    assertThat(answer.isEmpty()).as("closed without a word").isEqualTo(expected.isEmpty());
    assertThat(answer.lastIndexOf("HTTP/1.1 ")).as("start of the last answer").isNotPositive();
    assertThat(answer).doesNotContain(INTERNALS);
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  static Stream<Case> blockedDestinations() throws IOException {
    return Files.readAllLines(BLOCKED_DESTINATIONS).stream()
        .map(JsonMapper.shared()::readTree)
        .map(data -> new Case(data.get("host").asString(), data));
  }

  /** Names are looked at by workers, when they call them. */
  @ParameterizedTest
  @MethodSource("blockedDestinations")
  void takesNoAddressThatIsNotPublicInAnySpelling(Case destination) {
    String url = "http://%s:8080/".formatted(destination.name());
    String expected = destination.data().get("submit").asString();
    long before = topics.taskCount();

    HttpResponse<String> answer =
        client.post(
            "/v1/http-calls", JsonMapper.shared().createObjectNode().put("url", url).toString());

    if (expected.equals("accepted")) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    } else {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
      assertIsProblem(answer);
      JsonNode errors = GatewayClient.json(answer).at("/errors");
      assertThat(errors.findValuesAsString("code")).contains(expected);
      assertThat(errors.findValuesAsString("pointer")).containsOnly("/url");
      assertThat(topics.taskCount()).isEqualTo(before);
    }
  }

  private static void assertIsProblem(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().firstValue("X-Process-Time").orElse("")).matches("\\d+\\.\\d{6}");
    String traceparent = answer.headers().firstValue("traceparent").orElse("");
    JsonNode problem = GatewayClient.json(answer);
    assertThat(problem.get("type").asString()).startsWith("/problems/");
    assertThat(problem.get("title").asString()).isNotEmpty();
    assertThat(problem.get("status").asInt()).isEqualTo(answer.statusCode());
    assertThat(traceparent).contains(problem.get("trace_id").asString());
    assertThat(answer.body()).doesNotContain(INTERNALS);
  }

  private static HttpRequest request(JsonNode data) {
    HttpRequest.Builder request = client.request(data.get("path").asString());
    request.method(data.get("method").asString(), body(data));
    if (data.has("content_type")) {
      request.header("Content-Type", data.get("content_type").asString());
    }
    data.path("headers")
        .properties()
        .forEach(header -> request.header(header.getKey(), header.getValue().asString()));
    return request.build();
  }

  private static BodyPublisher body(JsonNode data) {
    if (data.has("base64")) {
      return BodyPublishers.ofByteArray(Base64.getDecoder().decode(data.get("base64").asString()));
    }
    if (!data.has("body")) {
      return BodyPublishers.noBody();
    }
    String text = data.get("body").asString();
    JsonNode repeat = data.path("repeat");
    if (repeat.isMissingNode()) {
      return BodyPublishers.ofString(text);
    }
    byte[] bytes =
        (text + repeat.get("text").asString().repeat(repeat.get("times").asInt())).getBytes(UTF_8);
    // Of unknown length, so that it is sent in chunks.
    return repeat.has("chunked")
        ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
        : BodyPublishers.ofByteArray(bytes);
  }
}
