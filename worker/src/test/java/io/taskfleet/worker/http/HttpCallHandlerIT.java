package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.fallback.RepliesInRedis;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.JsonNode;

@Timeout(30)
class HttpCallHandlerIT {
  private static final UUID ID = UUID.fromString("01a20170-4e31-7b8c-b90e-30bd1d2c21d8");
  private static final String TRACEPARENT =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private record Received(String method, Map<String, List<String>> headers, String body) {}

  private final FailureClassifier classifier = new FailureClassifier();
  private final Clock clock = Clock.systemUTC();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final GuardedHttpClient open = new GuardedHttpClient(outbound(true), clock);
  private final GuardedHttpClient guarded = new GuardedHttpClient(outbound(false), clock);
  private final RedisClient redis = RedisClient.create(SharedLocalStack.get().redisUri());
  private final RepliesInRedis replies = new RepliesInRedis(redis);

  HttpCallHandlerIT() throws IOException {}

  @BeforeEach
  void start() {
    server.start();
    replies.start();
  }

  @AfterEach
  void stop() {
    open.close();
    guarded.close();
    server.stop(0);
    replies.close();
    redis.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }

  @Test
  void sendsWhatTheTaskSays() throws Exception {
    answer("/orders", 201, "application/json", "{\"n\": 1.50}".getBytes(UTF_8));

    JsonNode result =
        call(
            "/orders",
            """
            "method": "PUT", "headers": {"X-Shop": "eu"}, "body": {"größe": [1, 2]}
            """);

    Received request = received.getFirst();
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.body()).isEqualTo("{\"größe\":[1,2]}");
    assertThat(request.headers())
        .containsEntry("X-shop", List.of("eu"))
        .containsEntry("Content-type", List.of("application/json"))
        .containsEntry("Idempotency-key", List.of(ID.toString()))
        .containsEntry("Traceparent", List.of(TRACEPARENT));
    assertThat(result.toString()).isEqualTo("{\"status\":201,\"body\":{\"n\":1.50}}");
  }

  @Test
  void leavesTheCallersOwnHeadersAlone() throws Exception {
    answer("/text", 200, "text/plain", new byte[0]);

    JsonNode result =
        call(
            "/text",
            """
            "method": "POST", "body": "plain ☃",
            "headers": {"idempotency-key": "mine", "content-type": "text/markdown"}
            """);

    Received request = received.getFirst();
    assertThat(request.body()).isEqualTo("plain ☃");
    assertThat(request.headers())
        .containsEntry("Idempotency-key", List.of("mine"))
        .containsEntry("Content-type", List.of("text/markdown"));
    assertThat(result.toString()).isEqualTo("{\"status\":200}");
  }

  @Test
  void asksForWhatTheUrlSaysInWhateverLetters() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });

    for (String path : List.of("/größe/日?q=č%20", "//twice/../x", "?only=query", "/a%2Fb;c=d")) {
      assertThat(call(path, "").get("status").asInt()).isEqualTo(204);
    }

    assertThat(asked)
        .containsExactly(
            "/gr%C3%B6%C3%9Fe/%E6%97%A5?q=%C4%8D%20", "//twice/../x", "/?only=query", "/a%2Fb;c=d");
  }

  @Test
  void sendsHeadersInWhateverLettersAsUtf8() throws Exception {
    answer("/named", 204, "text/plain", new byte[0]);

    JsonNode result = call("/named", "\"headers\": {\"X-Name\": \"José 日\"}");

    assertThat(result.get("status").asInt()).isEqualTo(204);
    assertThat(received.getFirst().headers().get("X-name"))
        .containsExactly(new String("José 日".getBytes(UTF_8), ISO_8859_1));
  }

  @Test
  void keepsTextAsTextAndBytesAsBase64() throws Exception {
    answer("/text", 200, "text/plain", "nicht JSON, größer".getBytes(UTF_8));
    answer("/bytes", 200, "image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G', 0});
    answer("/nul", 200, "text/plain", new byte[] {'a', 0, 'b'});

    assertThat(call("/text", "").get("text").asString()).isEqualTo("nicht JSON, größer");
    assertThat(call("/bytes", "").get("base64").asString()).isEqualTo("iVBORwA=");
    assertThat(call("/nul", "").get("base64").asString()).isEqualTo("YQBi");
  }

  @Test
  void keepsTheBeginningOfALongReply() throws Exception {
    answer("/long", 200, "text/plain", "xä".repeat(40_000).getBytes(UTF_8));

    JsonNode result = call("/long", "");

    assertThat(result.get("truncated").asBoolean()).isTrue();
    assertThat(result.get("text").asString().getBytes(UTF_8).length).isBetween(65_533, 65_536);
  }

  @Test
  void takesTheStatusesThatTheTaskExpectsForSuccess() throws Exception {
    answer("/missing", 404, "text/plain", new byte[0]);
    answer("/fine", 200, "text/plain", new byte[0]);

    assertThat(call("/missing", "\"expect\": [200, 404]").get("status").asInt()).isEqualTo(404);
    assertThat(failure(open, "/fine", "\"expect\": [204]"))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 200"));
  }

  @Test
  void triesAgainAfterAServerErrorAndGivesUpAfterARefusal() {
    answer("/broken", 503, "text/plain", new byte[0]);
    answer("/refused", 400, "text/plain", new byte[0]);

    assertThat(failure(open, "/broken", ""))
        .isEqualTo(new Failure.Transient(ErrorClass.SERVER_ERROR, "HTTP 503", null));
    assertThat(failure(open, "/refused", ""))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 400"));
  }

  @Test
  void followsNoRedirect() {
    answer("/moved", 302, "text/plain", new byte[0]);

    assertThat(failure(open, "/moved", ""))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 302"));
    assertThat(received).hasSize(1);
  }

  @Test
  void callsNoLoopbackAddressUnlessToldTo() {
    answer("/inside", 200, "text/plain", new byte[0]);

    assertThat(failure(guarded, "/inside", ""))
        .isInstanceOfSatisfying(
            Failure.Permanent.class,
            failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.BLOCKED_DESTINATION));
    assertThat(received).isEmpty();
  }

  @Test
  void endsACallWhenTheTimeIsUpThatItsTaskGivesIt() {
    CountDownLatch end = new CountDownLatch(1);
    server.createContext(
        "/slow",
        exchange -> {
          try {
            end.await();
          } catch (InterruptedException stopped) {
            exchange.close();
          }
        });
    long start = System.nanoTime();

    Failure failure = failure(open, "/slow", "\"timeout\": \"200ms\"");

    assertThat(failure).isEqualTo(new Failure.Transient(ErrorClass.TIMEOUT, "timed out", null));
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
    end.countDown();
  }

  @Test
  void answersWithTheLastGoodReplyWhileTheBreakerIsOpenAndNeverElse() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    server.createContext(
        "/rates",
        exchange -> {
          byte[] body = "{\"eur\":1.25}".getBytes(UTF_8);
          exchange.sendResponseHeaders(status.get(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    HttpCallHandler handler = handler(open);
    HttpCallPayload cached = payload("/rates", "\"fallback\": \"cached\"");
    HttpCallPayload plain = payload("/rates", "");
    awaitKept(handler, cached);

    status.set(500);
    Failure refused = failure(handler, cached);
    Failure failed = refused;
    while (refused.equals(failed)) {
      refused = failure(handler, plain);
    }

    assertThat(failed).isEqualTo(new Failure.Transient(ErrorClass.SERVER_ERROR, "HTTP 500", null));
    assertThat(refused).isInstanceOf(Failure.Unavailable.class);
    assertThat(json(handler.handle(cached, context()).value()).toString())
        .matches("\\{\"status\":200,\"body\":\\{\"eur\":1.25},\"stale\":true,\"age\":\"PT\\d+S\"}");
    assertThat(failure(handler, payload("/rates", "\"fallback\": \"none\"")))
        .isInstanceOf(Failure.Unavailable.class);
    assertThat(failure(handler, payload("/other", "\"fallback\": \"cached\"")))
        .as("nothing is known of this one")
        .isInstanceOf(Failure.Unavailable.class);
  }

  /** The connection to Redis opens in the background, and what it is told takes a moment. */
  private void awaitKept(HttpCallHandler handler, HttpCallPayload payload) {
    String pattern = RedisKeys.reply("*");
    try (StatefulRedisConnection<String, String> reader = redis.connect()) {
      int before = reader.sync().keys(pattern).size();
      Awaitility.await()
          .until(
              () -> {
                JsonNode fresh = json(handler.handle(payload, context()).value());
                assertThat(fresh.has("stale")).isFalse();
                return reader.sync().keys(pattern).size() > before;
              });
    }
  }

  private JsonNode call(String path, String fields) throws Exception {
    return json(handler(open).handle(payload(path, fields), context()).value());
  }

  private Failure failure(HttpCallHandler handler, HttpCallPayload payload) {
    return classifier.classify(catchThrowable(() -> handler.handle(payload, context())));
  }

  private static JsonNode json(@Nullable Object result) {
    return StrictJson.mapper().readTree(StrictJson.mapper().writeValueAsBytes(result));
  }

  private Failure failure(GuardedHttpClient client, String path, String fields) {
    return classifier.classify(
        catchThrowable(() -> handler(client).handle(payload(path, fields), context())));
  }

  /** Read as a task's is, so that what is refused there is not tested here. */
  private HttpCallPayload payload(String path, String fields) throws Exception {
    List<String> all = new ArrayList<>();
    all.add("\"url\": \"http://127.0.0.1:%d%s\"".formatted(server.getAddress().getPort(), path));
    if (!fields.isBlank()) {
      all.add(fields);
    }
    try (PayloadReader reader = new PayloadReader(outbound(true).destinations())) {
      return reader.read(BuiltInTypes.HTTP, ("{" + String.join(",", all) + "}").getBytes(UTF_8));
    }
  }

  private HttpCallHandler handler(GuardedHttpClient client) {
    Dependencies dependencies =
        new Dependencies(
            new Binder(new MapConfigurationPropertySource())
                .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
            CircuitBreakerRegistry.ofDefaults(),
            RateLimiterRegistry.ofDefaults(),
            classifier,
            clock);
    return new HttpCallHandler(
        client,
        dependencies,
        outbound(true),
        new HttpCallProperties(Duration.ofSeconds(10), Duration.ofHours(1)),
        replies,
        clock);
  }

  private TaskContext context() {
    return new AttemptContext(
        ID, "acme", 1, clock.instant(), clock.instant().plusSeconds(30), TRACEPARENT, _ -> {});
  }

  private void answer(String path, int status, String contentType, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          received.add(
              new Received(
                  exchange.getRequestMethod(),
                  Map.copyOf(exchange.getRequestHeaders()),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
          exchange.getResponseHeaders().set("Content-Type", contentType);
          exchange.getResponseHeaders().set("Location", "/fine");
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static OutboundProperties outbound(boolean allowsLoopback) {
    return new OutboundProperties(
        allowsLoopback ? List.of("127.0.0.0/8") : List.of(),
        null,
        100,
        30,
        Duration.ofSeconds(3),
        Duration.ofSeconds(3));
  }
}
