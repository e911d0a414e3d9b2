package io.taskfleet.gateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.OtherTenant;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Repeated requests while Redis is there: to the gateway that answered first, and to another. */
class IdempotencyIT {
  private static final String EVENTS = "/v1/analytics/events";
  private static final String EVENT = "{\"name\":\"a\",\"user_id\":\"u1\"}";

  private static TestGateway firstGateway;
  private static TestGateway secondGateway;
  private static GatewayClient first;
  private static GatewayClient second;
  private static RedisClient redisClient;
  private static RedisCommands<String, String> redis;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    firstGateway = TestGateway.onSharedServers("idempotency_a", Map.of());
    secondGateway = TestGateway.onSharedServers("idempotency_b", Map.of());
    first = new GatewayClient(firstGateway.url(), TestGateway.KEY);
    second = new GatewayClient(secondGateway.url(), TestGateway.KEY);
    redisClient = RedisClient.create(SharedLocalStack.get().redisUri());
    redis = redisClient.connect().sync();
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    redisClient.shutdown();
    firstGateway.close();
    secondGateway.close();
  }

  record Route(String path, String body) {}

  static Stream<Route> routes() {
    return Stream.of(
        new Route(
            "/v1/tasks", "{\"type\":\"analytics\",\"delay\":\"1h\",\"payload\":" + EVENT + "}"),
        new Route("/v1/emails", "{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"t\"}"),
        new Route(
            "/v1/notifications", "{\"message\":\"m\",\"url\":\"https://hooks.example.com/x\"}"),
        new Route("/v1/http-calls", "{\"method\":\"GET\",\"url\":\"https://api.example.com/x\"}"),
        new Route(EVENTS, EVENT),
        new Route(EVENTS, "[" + EVENT + ",{\"name\":\"\"}," + EVENT + "]"));
  }

  @ParameterizedTest
  @MethodSource("routes")
  void repeatsTheFirstAnswerAndSubmitsNothingAgain(Route route) {
    String key = newKey();
    HttpResponse<String> answer = post(first, route.path(), route.body(), key);
    long before = topics.taskCount();
    awaitShared(key);

    for (GatewayClient gateway : new GatewayClient[] {first, second, second}) {
      HttpResponse<String> again = post(gateway, route.path(), route.body(), key);

      assertThat(again.statusCode()).isEqualTo(202).isEqualTo(answer.statusCode());
      assertThat(again.body()).isEqualTo(answer.body());
      assertThat(again.headers().firstValue("Location"))
          .isEqualTo(answer.headers().firstValue("Location"));
      assertThat(again.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    }
    assertThat(answer.headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  @Test
  void refusesAnotherBodyAndAnotherRouteUnderTheSameKey() {
    String key = newKey();
    accepted(post(first, EVENTS, EVENT, key));
    long before = topics.taskCount();
    awaitShared(key);

    for (GatewayClient gateway : new GatewayClient[] {first, second}) {
      assertReused(post(gateway, EVENTS, "{\"name\":\"b\"}", key));
      assertReused(post(gateway, EVENTS, EVENT + ' ', key));
      assertReused(
          post(gateway, "/v1/tasks", "{\"type\":\"analytics\",\"payload\":" + EVENT + "}", key));
    }
    assertThat(topics.taskCount()).isEqualTo(before);
  }

  @Test
  void keepsTheKeysOfTenantsApart() {
    String key = newKey();
    GatewayClient other = OtherTenant.client(firstGateway, "idempotency-other");

    String id = accepted(post(first, EVENTS, EVENT, key));
    String otherId = accepted(post(other, EVENTS, "{\"name\":\"b\"}", key));

    assertThat(otherId).isNotEqualTo(id);
    assertThat(topics.records("taskfleet.analytics", otherId)).hasSize(1);
  }

  @Test
  void refusesWhileAnotherGatewayIsAtItAndNoLongerThanItsLease() {
    String key = newKey();
    UUID name = TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key);
    String fingerprint =
        new RepeatableRequest(
                new IdempotencyKey(key),
                Task.DEFAULT_TENANT,
                "POST " + EVENTS,
                EVENT.getBytes(UTF_8))
            .fingerprint();
    redis.set(
        RedisKeys.idempotency(name),
        StrictJson.mapper().writeValueAsString(KnownRequest.inFlight(fingerprint)),
        SetArgs.Builder.px(Duration.ofSeconds(3)));

    HttpResponse<String> early = post(first, EVENTS, EVENT, key);

    assertThat(early.statusCode()).isEqualTo(409);
    assertThat(early.headers().firstValue("Retry-After")).contains("1");
    assertThat(GatewayClient.json(early).get("type").asString())
        .isEqualTo("/problems/idempotency-key-in-flight");
    assertReused(post(first, EVENTS, "{\"name\":\"b\"}", key));
    // The other one was killed: it never answers.
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> post(first, EVENTS, EVENT, key).statusCode() == 202);
    assertThat(topics.records("taskfleet.analytics", name.toString())).hasSize(1);
  }

  @Test
  void refusedRequestTakesNoKey() {
    String key = newKey();

    assertThat(post(first, EVENTS, "{\"name\":\"\"}", key).statusCode()).isEqualTo(422);
    assertThat(post(first, EVENTS, "{", key).statusCode()).isEqualTo(400);
    String id = accepted(post(first, EVENTS, EVENT, key));

    awaitShared(key);
    assertThat(accepted(post(second, EVENTS, EVENT, key))).isEqualTo(id);
  }

  @Test
  void isTheSameTaskAfterEverythingWasForgotten() {
    String key = newKey();
    String id = accepted(post(first, EVENTS, EVENT, key));
    awaitShared(key);
    redis.del(RedisKeys.idempotency(TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key)));

    HttpResponse<String> again = post(second, EVENTS, EVENT, key);

    assertThat(accepted(again)).isEqualTo(id);
    assertThat(again.headers().firstValue("Idempotent-Replayed")).isEmpty();
  }

  @Test
  void nothingIsKeptOfARequestWithoutAKey() {
    long keys = redis.keys("tf:idempotency:*").size();

    assertThat(accepted(first.post(EVENTS, EVENT)))
        .isNotEqualTo(accepted(first.post(EVENTS, EVENT)));

    assertThat(redis.keys("tf:idempotency:*")).hasSize((int) keys);
  }

  private static String newKey() {
    return UUID.randomUUID().toString();
  }

  private static HttpResponse<String> post(
      GatewayClient gateway, String path, String body, String key) {
    return gateway.post(path, body, "Idempotency-Key", key);
  }

  // Redis is told after the caller.
  private static void awaitShared(String key) {
    String name = RedisKeys.idempotency(TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key));
    Awaitility.await().until(() -> String.valueOf(redis.get(name)).contains("\"answer\""));
    assertThat(redis.pttl(name)).isGreaterThan(Duration.ofHours(23).toMillis());
  }

  private static void assertReused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(422);
    JsonNode problem = GatewayClient.json(answer);
    assertThat(problem.get("type").asString()).isEqualTo("/problems/idempotency-key-reused");
  }

  private static String accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayClient.json(answer).get("id").asString();
  }
}
