package io.taskfleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.status.OutageRows;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Promises 7 and 8, seen from the caller: servers go away and come back. */
class OutageIT {
  private static final String EVENT = "{\"name\":\"a\"}";
  private static final Duration BUDGET = Duration.ofSeconds(2);
  // On top of the budget: the client's own time on a busy machine.
  private static final Duration CLIENT = Duration.ofSeconds(1);

  private static final int AT_ONCE = 4;

  private static LocalStack servers;
  private static String database;
  private static TestGateway gateway;
  private static GatewayClient client;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    database = BreakableLocalStack.createDatabase("outage");
    gateway =
        TestGateway.start(
            servers, database, Map.of("taskfleet.submit.at-once", Integer.toString(AT_ONCE)));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void answers503WhileKafkaIsAwayAndRecoversByItself() {
    assertThat(submit().statusCode()).isEqualTo(202);

    servers.kafka().kill();
    for (int i = 0; i < 5; i++) {
      long asked = System.nanoTime();
      HttpResponse<String> answer = submit();
      Duration took = Duration.ofNanos(System.nanoTime() - asked);
      System.out.printf("without Kafka: %d after %d ms%n", answer.statusCode(), took.toMillis());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(processTime(answer)).isLessThan(BUDGET);
      assertThat(took).isLessThan(BUDGET.plus(CLIENT));
    }
    List<HttpResponse<String>> many = submitAtOnce(5 * AT_ONCE);
    assertThat(many).allMatch(answer -> answer.statusCode() == 503);
    assertThat(many)
        .as("not all wait for Kafka")
        .anyMatch(answer -> answer.body().contains("more tasks are coming in"));
    Awaitility.await().untilAsserted(() -> assertHealth(503, "down"));
    Awaitility.await().untilAsserted(() -> assertReadiness(503));

    servers.kafka().start();
    long back = System.nanoTime();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> submit().statusCode() == 202);
    System.out.printf(
        "accepted again %d ms after Kafka came back%n",
        Duration.ofNanos(System.nanoTime() - back).toMillis());
    Awaitility.await().untilAsserted(() -> assertHealth(200, "up"));
    Awaitility.await().untilAsserted(() -> assertReadiness(200));
  }

  @Test
  void acceptsAndAnswersWithoutRedis() {
    servers.redis().kill();
    try {
      Awaitility.await().untilAsserted(() -> assertHealth(200, "degraded"));
      HttpResponse<String> accepted = submit();
      assertThat(accepted.statusCode()).isEqualTo(202);
      UUID id = UUID.fromString(GatewayClient.json(accepted).get("id").asString());
      CompletableFuture<HttpResponse<String>> waiting =
          CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=20s"));
      Awaitility.await().until(() -> OutageRows.isWaitedFor(gateway, id));

      OutageRows.end(gateway, id);
      long ended = System.nanoTime();
      HttpResponse<String> answer = waiting.join();

      Duration late = Duration.ofNanos(System.nanoTime() - ended);
      System.out.printf("without Redis, wait= answered after %d ms%n", late.toMillis());
      assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("succeeded");
      assertThat(late).isLessThan(Duration.ofSeconds(3));
    } finally {
      servers.redis().start();
    }
    Awaitility.await().untilAsserted(() -> assertHealth(200, "up"));
    String id = GatewayClient.json(submit()).get("id").asString();
    assertThat(client.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
  }

  @Test
  void findsATaskThatRedisWasNotToldOf() {
    servers.redis().kill();
    UUID id;
    try {
      Awaitility.await().untilAsserted(() -> assertHealth(200, "degraded"));
      id = UUID.fromString(GatewayClient.json(submit()).get("id").asString());
    } finally {
      servers.redis().start();
    }
    Awaitility.await().untilAsserted(() -> assertHealth(200, "up"));

    assertThat(GatewayClient.json(client.get("/v1/tasks/" + id)).get("state").asString())
        .isEqualTo("queued");
    CompletableFuture<HttpResponse<String>> waiting =
        CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=20s"));
    Awaitility.await().until(() -> OutageRows.isWaitedFor(gateway, id) || waiting.isDone());
    OutageRows.end(gateway, id);

    assertThat(GatewayClient.json(waiting.join()).get("state").asString()).isEqualTo("succeeded");
  }

  @Test
  void whoWaitsWhilePostgresHangsCostsNoProcessor() throws SQLException {
    String id = GatewayClient.json(submit()).get("id").asString();
    gateway.awaitNoted(id);
    try (Connection other =
        DriverManager.getConnection(database, servers.jdbcUser(), servers.jdbcPassword())) {
      other.setAutoCommit(false);
      other.createStatement().execute("lock table task in access exclusive mode");
      Duration before = watcherTime();

      assertThat(client.get("/v1/tasks/" + id + "?wait=5s").statusCode()).isEqualTo(200);

      assertThat(watcherTime().minus(before)).isLessThan(Duration.ofMillis(500));
    }
  }

  private static Duration watcherTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Thread> watchers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("task-watcher"))
            .toList();
    assertThat(watchers).isNotEmpty();
    return watchers.stream()
        .map(thread -> Duration.ofNanos(threads.getThreadCpuTime(thread.threadId())))
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Test
  void acceptsWithKnownKeysWithoutPostgres() {
    assertThat(submit().statusCode()).isEqualTo(202);
    servers.postgres().kill();
    try {
      Awaitility.await().untilAsserted(() -> assertHealth(200, "degraded"));

      HttpResponse<String> accepted = submit();
      String id = GatewayClient.json(accepted).get("id").asString();
      assertThat(accepted.statusCode()).isEqualTo(202);
      gateway.awaitNoted(id);
      assertThat(client.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
      AtOnce.assertUnavailable(
          List.of(
              () -> client.get("/v1/tasks/" + UUID.randomUUID()),
              () -> client.get("/v1/tasks"),
              () -> client.get("/v1/tasks/export"),
              () -> client.get("/v1/tasks/" + id + "/timeline"),
              () -> cancel(id),
              () ->
                  new GatewayClient(gateway.url(), "tf_notseennotseennotseennotseen")
                      .get("/v1/tasks/x")));
    } finally {
      servers.postgres().start();
    }
    Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertHealth(200, "up"));
  }

  @Test
  void cancelsWithoutRedisWhatPostgresKnows() {
    UUID waiting = UUID.randomUUID();
    OutageRows.retry(gateway, waiting);
    String queued = GatewayClient.json(submit()).get("id").asString();
    servers.redis().kill();
    try {
      Awaitility.await().untilAsserted(() -> assertHealth(200, "degraded"));

      assertThat(cancel(waiting.toString()).statusCode()).isEqualTo(200);
      assertThat(GatewayClient.json(client.get("/v1/tasks/" + waiting)).get("state").asString())
          .isEqualTo("cancelled");
      assertThat(client.get("/v1/tasks/" + waiting + "/timeline").statusCode()).isEqualTo(200);
      // It is in Kafka alone, as far as anybody here can tell.
      assertThat(cancel(queued).statusCode()).isEqualTo(503);
    } finally {
      servers.redis().start();
    }
    Awaitility.await().untilAsserted(() -> assertHealth(200, "up"));
  }

  private static HttpResponse<String> cancel(String id) {
    return client.send(client.request("/v1/tasks/" + id).DELETE().build());
  }

  private static HttpResponse<String> submit() {
    return client.post("/v1/analytics/events", EVENT);
  }

  private static List<HttpResponse<String>> submitAtOnce(int howMany) {
    return AtOnce.send(Collections.nCopies(howMany, OutageIT::submit));
  }

  private static void assertHealth(int status, String word) {
    HttpResponse<String> health = client.get("/health");
    assertThat(health.statusCode()).isEqualTo(status);
    assertThat(GatewayClient.json(health).get("status").asString()).isEqualTo(word);
  }

  private static void assertReadiness(int status) {
    HttpResponse<String> readiness =
        new GatewayClient(gateway.managementUrl(), "").get("/actuator/health/readiness");
    assertThat(readiness.statusCode()).isEqualTo(status);
  }

  private static Duration processTime(HttpResponse<String> answer) {
    String seconds = answer.headers().firstValue("X-Process-Time").orElseThrow();
    return Duration.parse("PT" + seconds + "S");
  }
}
