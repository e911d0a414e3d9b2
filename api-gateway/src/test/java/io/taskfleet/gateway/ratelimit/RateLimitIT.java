package io.taskfleet.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.LocalStack;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Limits over HTTP, in two gateways that share Redis, and without it. */
class RateLimitIT {
  private static final int PER_KEY = 60;
  private static final int PER_ADDRESS = 40;
  private static final String STRANGER = "tf_nobodysnobodysnobodysnobodys";

  private static LocalStack servers;

  private TestGateway one;
  private TestGateway two;

  @BeforeAll
  static void startServers() {
    servers = LocalStack.builder().start();
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void start() {
    flush();
    one = gateway();
    two = gateway();
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  private static TestGateway gateway() {
    return TestGateway.start(
        servers,
        servers.jdbcUrl(),
        Map.of(
            "taskfleet.rate-limit.per-key", Integer.toString(PER_KEY),
            "taskfleet.rate-limit.per-address", Integer.toString(PER_ADDRESS)));
  }

  @Test
  void refusesWhatIsTooMuchWithAProblemThatSaysWhenToComeBack() {
    List<HttpResponse<String>> answers = ask(one, TestGateway.KEY, 2 * PER_KEY);

    HttpResponse<String> last = lastRefused(answers);
    assertThat(last.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(GatewayClient.json(last).get("type").asString())
        .isEqualTo("/problems/too-many-requests");
    assertThat(last.headers().firstValue("Retry-After")).contains("1");
    assertThat(last.headers().firstValue("RateLimit-Policy")).contains("\"key\";q=60;w=60");
    assertThat(last.headers().firstValue("RateLimit").orElse("")).matches("\"key\";r=0;t=\\d+");
    assertThat(last.headers().firstValue("X-Process-Time")).isPresent();
    assertThat(answers.getFirst().headers().firstValue("RateLimit").orElse(""))
        .matches("\"key\";r=59;t=\\d+");
  }

  @Test
  void keepsOneLimitInTwoGateways() {
    long begun = System.nanoTime();
    // A few only: the second gateway has to hear of them before it can know.
    List<HttpResponse<String>> first = ask(one, TestGateway.KEY, PER_KEY / 2);
    Awaitility.await()
        .until(() -> left(ask(two, TestGateway.KEY, 1).getLast()) < PER_KEY / 2 + PER_KEY / 20);

    List<HttpResponse<String>> second = ask(two, TestGateway.KEY, PER_KEY);

    long refilled = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 1;
    assertThat(granted(first)).isEqualTo(PER_KEY / 2);
    System.out.printf("granted %d and %d%n", granted(first), granted(second));
    assertThat(granted(second)).isLessThanOrEqualTo(PER_KEY / 2 + PER_KEY / 20 + refilled);
  }

  @Test
  void limitsAddressesWithoutAKeyAndNoKeyBesideThem() {
    assertThat(granted(ask(one, TestGateway.KEY, 1))).isEqualTo(1);

    List<HttpResponse<String>> without = ask(one, "", PER_ADDRESS / 2);
    List<HttpResponse<String>> wrong = ask(one, STRANGER, PER_ADDRESS);

    assertThat(without).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(401));
    assertThat(wrong.getFirst().statusCode()).isEqualTo(401);
    assertThat(wrong.getFirst().headers().firstValue("RateLimit-Policy"))
        .contains("\"address\";q=40;w=60");
    assertThat(lastRefused(wrong).headers().firstValue("Retry-After")).isPresent();
    assertThat(lastRefused(ask(one, "nonsense", 5)).body()).contains("40 requests a minute");
    assertThat(new GatewayClient(one.url(), "").get("/health").statusCode()).isEqualTo(200);
    GatewayClient management = new GatewayClient(one.managementUrl(), "");
    assertThat(management.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    assertThat(granted(ask(one, TestGateway.KEY, 5))).isEqualTo(5);
  }

  @Test
  void keepsToTheLimitOfAKeyThatHasOne() {
    one.bean(JdbcClient.class).sql("update api_key set rate_per_minute = 5").update();
    try {
      List<HttpResponse<String>> answers = ask(one, TestGateway.KEY, 20);

      assertThat(granted(answers)).isBetween(5L, 7L);
      assertThat(answers.getLast().headers().firstValue("RateLimit-Policy"))
          .contains("\"key\";q=5;w=60");
    } finally {
      one.bean(JdbcClient.class).sql("update api_key set rate_per_minute = null").update();
    }
  }

  @Test
  void limitsByItselfWithoutRedisAndWaitsForNothing() {
    ask(one, TestGateway.KEY, 1);
    servers.redis().kill();
    try {
      Awaitility.await()
          .until(() -> new GatewayClient(one.url(), "").get("/health").body().contains("degraded"));
      long begun = System.nanoTime();

      List<HttpResponse<String>> answers = ask(one, TestGateway.KEY, 2 * PER_KEY);

      assertThat(lastRefused(answers).body()).contains("60 requests a minute");
      long refilled = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 1;
      assertThat(granted(answers)).isBetween(PER_KEY - 1L, PER_KEY + refilled);
      assertPrompt(answers);
    } finally {
      servers.redis().start();
    }
  }

  @Test
  void waitsForNothingWhenRedisIsSlowAndForgivesNothingWhenItIsFlushed() {
    ask(one, TestGateway.KEY, PER_KEY / 2);
    flush();
    try (RedisClient client = RedisClient.create(servers.redisUri());
        StatefulRedisConnection<String, String> redis = client.connect()) {
      redis.sync().clientPause(5_000);
      long begun = System.nanoTime();

      List<HttpResponse<String>> answers = ask(one, TestGateway.KEY, PER_KEY);

      long refilled = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 2;
      assertThat(granted(answers)).isBetween(PER_KEY / 2L, PER_KEY / 2 + refilled);
      assertPrompt(answers);
    }
  }

  // On average, because the machine may be busy; a request that waits for Redis waits far longer.
  private static void assertPrompt(List<HttpResponse<String>> answers) {
    assertThat(
            answers.stream()
                .map(answer -> answer.headers().firstValue("X-Process-Time").orElseThrow())
                .mapToDouble(Double::parseDouble)
                .average()
                .orElseThrow())
        .isLessThan(0.05);
  }

  private static List<HttpResponse<String>> ask(TestGateway gateway, String key, int times) {
    GatewayClient client = new GatewayClient(gateway.url(), key);
    List<HttpResponse<String>> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(client.get("/v1/tasks/no-id"));
    }
    return answers;
  }

  private static HttpResponse<String> lastRefused(List<HttpResponse<String>> answers) {
    return answers.stream()
        .filter(answer -> answer.statusCode() == 429)
        .reduce((before, answer) -> answer)
        .orElseThrow();
  }

  private static long granted(List<HttpResponse<String>> answers) {
    return answers.stream().filter(answer -> answer.statusCode() != 429).count();
  }

  private static int left(HttpResponse<String> answer) {
    String value = answer.headers().firstValue("RateLimit").orElseThrow();
    return Integer.parseInt(value.replaceAll(".*r=(\\d+).*", "$1"));
  }

  private static void flush() {
    try (RedisClient client = RedisClient.create(servers.redisUri());
        StatefulRedisConnection<String, String> redis = client.connect()) {
      redis.sync().flushall();
    }
  }
}
