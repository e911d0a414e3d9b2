package io.taskfleet.gateway.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
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
  private static String database;
  private static TestGateway one;
  private static TestGateway two;

  /** What has been used up of it in another test does not matter. */
  private String key;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    database = BreakableLocalStack.createDatabase("rate_limit");
    one = gateway(0);
    two = gateway(0);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
  }

  @BeforeEach
  void makeKey() {
    key = "tf_" + UUID.randomUUID().toString().replace("-", "");
    one.bean(JdbcClient.class)
        .sql(
            "insert into api_key (id, tenant, name, hash, scopes, created_at)"
                + " values (gen_random_uuid(), 'limits', ?, ?, '{tasks:read}', now())")
        .params(key, TestKeys.sha256(key.getBytes(US_ASCII)))
        .update();
  }

  @BeforeEach
  void awaitRedis() {
    for (TestGateway gateway : List.of(one, two)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> health(gateway).contains("\"status\":\"up\""));
    }
  }

  private static String health(TestGateway gateway) {
    return new GatewayClient(gateway.url(), "").get("/health").body();
  }

  private static TestGateway gateway(int redis) {
    return TestGateway.start(
        servers,
        database,
        Map.of(
            "taskfleet.redis.url", servers.redisUri() + "/" + redis,
            "taskfleet.rate-limit.per-key", Integer.toString(PER_KEY),
            "taskfleet.rate-limit.per-address", Integer.toString(PER_ADDRESS)));
  }

  @Test
  void refusesWhatIsTooMuchWithAProblemThatSaysWhenToComeBack() {
    List<HttpResponse<String>> answers = ask(one, key, 2 * PER_KEY);

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
    List<HttpResponse<String>> first = ask(one, key, PER_KEY / 2);
    Awaitility.await().until(() -> left(ask(two, key, 1).getLast()) < PER_KEY / 2 + PER_KEY / 20);

    List<HttpResponse<String>> second = ask(two, key, PER_KEY);

    long refilled = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 1;
    assertThat(granted(first)).isEqualTo(PER_KEY / 2);
    System.out.printf("granted %d and %d%n", granted(first), granted(second));
    assertThat(granted(second)).isLessThanOrEqualTo(PER_KEY / 2 + PER_KEY / 20 + refilled);
  }

  @Test
  void limitsAddressesWithoutAKeyAndNoKeyBesideThem() {
    // All tests call from one address: what is left of it is no other's business.
    try (TestGateway alone = gateway(1)) {
      assertThat(granted(ask(alone, key, 1))).isEqualTo(1);

      List<HttpResponse<String>> without = ask(alone, "", PER_ADDRESS / 2);
      List<HttpResponse<String>> wrong = ask(alone, STRANGER, PER_ADDRESS);

      assertThat(without).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(401));
      assertThat(wrong.getFirst().statusCode()).isEqualTo(401);
      assertThat(wrong.getFirst().headers().firstValue("RateLimit-Policy"))
          .contains("\"address\";q=40;w=60");
      assertThat(lastRefused(wrong).headers().firstValue("Retry-After")).isPresent();
      assertThat(lastRefused(ask(alone, "nonsense", 5)).body()).contains("40 requests a minute");
      assertThat(new GatewayClient(alone.url(), "").get("/health").statusCode()).isEqualTo(200);
      GatewayClient management = new GatewayClient(alone.managementUrl(), "");
      assertThat(management.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
      assertThat(granted(ask(alone, key, 5))).isEqualTo(5);
    }
  }

  @Test
  void keepsToTheLimitOfAKeyThatHasOne() {
    one.bean(JdbcClient.class)
        .sql("update api_key set rate_per_minute = 5 where name = ?")
        .param(key)
        .update();

    List<HttpResponse<String>> answers = ask(one, key, 20);

    assertThat(granted(answers)).isBetween(5L, 7L);
    assertThat(answers.getLast().headers().firstValue("RateLimit-Policy"))
        .contains("\"key\";q=5;w=60");
  }

  @Test
  void limitsByItselfWithoutRedisAndWaitsForNothing() {
    ask(one, key, 1);
    servers.redis().kill();
    try {
      Awaitility.await().until(() -> health(one).contains("degraded"));
      long begun = System.nanoTime();

      List<HttpResponse<String>> answers = ask(one, key, 2 * PER_KEY);

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
    ask(one, key, PER_KEY / 2);
    flush();
    try (RedisClient client = RedisClient.create(servers.redisUri());
        StatefulRedisConnection<String, String> redis = client.connect()) {
      redis.sync().clientPause(5_000);
      long begun = System.nanoTime();

      List<HttpResponse<String>> answers = ask(one, key, PER_KEY);

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
