package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Denied is the default. */
class SecurityIT {
  private static final String EVENT = "{\"name\":\"a\"}";
  private static final String TASK = "{\"type\":\"analytics\",\"payload\":" + EVENT + "}";

  private static TestGateway gateway;
  private static GatewayClient owner;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("security", Map.of());
    owner = new GatewayClient(gateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void asksForAKey() {
    for (String key : List.of("", "tf_unknownunknownunknownunknown", "nonsense", "tf_short")) {
      HttpResponse<String> answer = new GatewayClient(gateway.url(), key).post("/v1/tasks", TASK);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
      assertThat(answer.headers().firstValue("X-Process-Time")).isPresent();
      assertThat(answer.headers().firstValue("traceparent")).isPresent();
    }
  }

  @Test
  void takesNoKeyFromTheQuery() {
    HttpResponse<String> answer =
        new GatewayClient(gateway.url(), "")
            .post("/v1/tasks?access_token=" + TestGateway.KEY, TASK);

    assertThat(answer.statusCode()).isEqualTo(401);
  }

  @Test
  void asksForTheScopeOfTheRoute() {
    GatewayClient reader = client("default", null, Scope.TASKS_READ);

    assertThat(reader.post("/v1/tasks", TASK).statusCode()).isEqualTo(403);
    assertThat(reader.post("/v1/analytics/events", EVENT).statusCode()).isEqualTo(403);
    HttpResponse<String> write =
        client("default", null, Scope.TASKS_WRITE).get("/v1/tasks/" + UUID.randomUUID());
    assertThat(write.statusCode()).isEqualTo(403);
    assertThat(GatewayClient.json(write).get("type").asString())
        .isEqualTo("/problems/missing-scope");
  }

  @Test
  void hidesTheTasksOfOtherTenants() {
    String id = GatewayClient.json(owner.post("/v1/tasks", TASK)).get("id").asString();

    assertThat(owner.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
    GatewayClient other = client("other", null, Scope.TASKS_READ);
    assertThat(other.get("/v1/tasks/" + id).statusCode()).isEqualTo(404);
    assertThat(other.get("/v1/tasks/" + id + "?wait=5s").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesAnExpiredKey() {
    GatewayClient late = client("default", Instant.now().minusSeconds(1), Scope.TASKS_READ);

    assertThat(late.get("/v1/tasks/" + UUID.randomUUID()).statusCode()).isEqualTo(401);
  }

  @Test
  void refusesARevokedKeyOnceRenewed() {
    GatewayClient client = client("revoked", null, Scope.TASKS_READ);
    assertThat(client.get("/v1/tasks/" + UUID.randomUUID()).statusCode()).isEqualTo(404);

    gateway
        .bean(JdbcClient.class)
        .sql("update api_key set revoked_at = now() where tenant = 'revoked'")
        .update();
    gateway.bean(ApiKeys.class).renew();

    assertThat(client.get("/v1/tasks/" + UUID.randomUUID()).statusCode()).isEqualTo(401);
  }

  @Test
  void answersHealthToAnybody() {
    HttpResponse<String> answer = new GatewayClient(gateway.url(), "").get("/health");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(GatewayClient.json(answer).at("/services/task_queue").asString()).isEqualTo("up");
  }

  @Test
  void makesOneFirstKeyAndShowsItOnceHoweverManyGatewaysStart() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    List<Future<@Nullable Void>> starts = new ArrayList<>();
    try (TestGateway fresh = TestGateway.onSharedServers("first_key", Map.of());
        PrintStream console = new PrintStream(shown, true, StandardCharsets.UTF_8);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      JdbcClient jdbc = fresh.bean(JdbcClient.class);
      jdbc.sql("delete from api_key").update();
      for (int i = 0; i < 4; i++) {
        starts.add(threads.submit(start(fresh, console)));
      }
      for (Future<@Nullable Void> start : starts) {
        start.get();
      }

      assertThat(shown.toString(StandardCharsets.UTF_8)).containsOnlyOnce("Your API key: tf_");
      assertThat(jdbc.sql("select count(*) from api_key").query(Long.class).single()).isEqualTo(1);
    }
  }

  private static Callable<@Nullable Void> start(TestGateway fresh, PrintStream console) {
    FirstKey.Storage storage =
        new FirstKey.Storage(
            fresh.bean(TransactionOperations.class),
            fresh.bean(JdbcClient.class),
            fresh.bean(JdbcAggregateOperations.class));
    SecurityProperties random =
        new SecurityProperties(
            null,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    FirstKey firstKey =
        new FirstKey(
            fresh.bean(ApiKeyRepository.class), storage, random, Clock.systemUTC(), console);
    return () -> {
      firstKey.run(new DefaultApplicationArguments());
      return null;
    };
  }

  private static GatewayClient client(String tenant, @Nullable Instant expires, Scope scope) {
    return TestKeys.client(gateway, tenant, expires, scope);
  }
}
