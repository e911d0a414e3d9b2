package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.redis.RedisProperties;
import io.taskfleet.gateway.redis.Tracking;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** Reading a task back while Redis is there. */
class StatusIT {
  private static final Duration SELDOM = Duration.ofHours(1);
  private static final String EVENT = "{\"name\":\"a\",\"user_id\":\"u1\"}";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static RedisClient redisClient;
  private static StatefulRedisConnection<String, String> redis;

  @BeforeAll
  static void start() {
    // Asked so seldom that only what Redis tells can be in time.
    gateway =
        TestGateway.onSharedServers(
            "status", Map.of("taskfleet.status.every", "1h", "taskfleet.status.rows-every", "6s"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    redisClient = RedisClient.create(SharedLocalStack.get().redisUri());
    redis = redisClient.connect();
  }

  @AfterAll
  static void stop() {
    redisClient.shutdown();
    gateway.close();
  }

  /** After a test that took its connections away. */
  @BeforeEach
  void awaitRedis() {
    Awaitility.await().until(gateway.bean(StatusCache.class)::isReachable);
  }

  @Test
  void acceptedTaskCanBeReadAtOnce() {
    String id = submit();

    HttpResponse<String> answer = client.get("/v1/tasks/" + id);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    JsonNode task = GatewayClient.json(answer);
    assertThat(task.get("state").asString()).isEqualTo("queued");
    assertThat(task.get("key").asString()).isEqualTo("u1");
    assertThat(task.get("payload").toString()).isEqualTo(EVENT);
    assertThat(task.at("/links/self").asString()).isEqualTo("/v1/tasks/" + id);
    assertThat(task.has("tenant")).isFalse();
  }

  @Test
  void waitsUntilTheTaskHasEndedAndNoLonger() {
    for (int i = 0; i < 3; i++) {
      String id = submit();
      CompletableFuture<HttpResponse<String>> waiting = awaitEnd(id);
      assertThat(waiting).isNotDone();

      assertAnsweredWhenEnded(id, waiting);
    }
  }

  @Test
  void hearsOfAnEndAfterTheConnectionToRedisWasLostWhileSomebodyWaited() {
    String id = submit();
    CompletableFuture<HttpResponse<String>> waiting = awaitEnd(id);

    assertThat(redis.sync().clientKill(KillArgs.Builder.typeNormal().skipme(true))).isPositive();
    Awaitility.await().until(() -> redis.sync().clientList().lines().count() >= 3);

    assertAnsweredWhenEnded(id, waiting);
  }

  @Test
  void hearsOfAnEndOnOneConnectionToRedisWhileTheOtherIsAway() throws Exception {
    RedisProperties properties = gateway.bean(RedisProperties.class);
    RedisClient connections = gateway.bean(RedisClient.class);
    StatusProperties seldom =
        new StatusProperties(SELDOM, 1, SELDOM, SELDOM, 1, DataSize.ofMegabytes(1), SELDOM, SELDOM);
    RedisConnection told = new RedisConnection(connections, properties);
    TaskWatcher watcher =
        new TaskWatcher(
            new StatusCache(new RedisConnection(connections, properties)),
            new StatusCache(told),
            gateway.bean(TaskRows.class),
            seldom);
    ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    watcher.start();
    told.start(background, new Tracking(watcher));
    Awaitility.await().until(told::isAnswering);
    UUID id = UUID.fromString(submit());
    String key = RedisKeys.task(id);
    try (TaskWatcher.Watch watch = watcher.watch(id)) {
      // From here on the connection tells of the task's next change.
      assertThat(watch.awaitEnd(Duration.ofMillis(1))).isEmpty();
      FutureTask<Optional<Seen.End>> waiting =
          new FutureTask<>(() -> watch.awaitEnd(Duration.ofSeconds(20)));
      Thread thread = Thread.ofPlatform().start(waiting);
      Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

      redis.sync().set(key, redis.sync().get(key).replace("\"queued\"", "\"succeeded\""));

      assertThat(waiting.get(5, TimeUnit.SECONDS)).isPresent();
    } finally {
      background.shutdownNow();
      watcher.stop();
    }
  }

  @Test
  void hearsOfAnEndAfterRedisForgotEverythingWhileSomebodyWaited() {
    String id = submit();
    String status = redis.sync().get(RedisKeys.task(UUID.fromString(id)));
    CompletableFuture<HttpResponse<String>> waiting = awaitEnd(id);

    redis.sync().flushdb();
    redis.sync().set(RedisKeys.task(UUID.fromString(id)), status);

    assertAnsweredWhenEnded(id, waiting);
  }

  @Test
  void answersTheEndOfATaskThatPostgresKnowsAndRedisDoesNot() {
    String id = submit();
    CompletableFuture<HttpResponse<String>> waiting = awaitEnd(id);

    TaskRow.ended(UUID.fromString(id)).insertInto(gateway);

    assertThat(GatewayClient.json(waiting.join()).get("state").asString()).isEqualTo("succeeded");
  }

  @Test
  void answersAnUnfinishedTaskWhenTheTimeIsUp() {
    String id = submit();

    long asked = System.nanoTime();
    HttpResponse<String> answer = client.get("/v1/tasks/" + id, "Prefer", "wait=1");

    assertThat(Duration.ofNanos(System.nanoTime() - asked))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
    assertThat(answer.headers().firstValue("Preference-Applied")).contains("wait=1");
    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("queued");
  }

  @Test
  void answersAFinishedTaskWithoutWaiting() {
    UUID id = UUID.randomUUID();
    TaskRow.ended(id).insertInto(gateway);

    long asked = System.nanoTime();
    HttpResponse<String> answer = client.get("/v1/tasks/" + id + "?wait=20s");

    assertThat(GatewayClient.json(answer).at("/result/ok").asBoolean()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void watchesNobodyWhenNobodyWaits() {
    String id = submit();

    client.get("/v1/tasks/" + id + "?wait=100ms");

    assertThat(gateway.bean(TaskWatcher.class).isWatched(UUID.fromString(id))).isFalse();
  }

  private static String submit() {
    String id = GatewayClient.json(client.post("/v1/analytics/events", EVENT)).get("id").asString();
    Awaitility.await().until(() -> redis.sync().exists(RedisKeys.task(UUID.fromString(id))) == 1);
    return id;
  }

  private static CompletableFuture<HttpResponse<String>> awaitEnd(String id) {
    CompletableFuture<HttpResponse<String>> waiting =
        CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=20s"));
    Awaitility.await().until(() -> gateway.bean(TaskWatcher.class).isWatched(UUID.fromString(id)));
    return waiting;
  }

  private static void assertAnsweredWhenEnded(
      String id, CompletableFuture<HttpResponse<String>> waiting) {
    long ended = System.nanoTime();
    String key = RedisKeys.task(UUID.fromString(id));
    redis.sync().set(key, redis.sync().get(key).replace("\"queued\"", "\"succeeded\""));
    HttpResponse<String> answer = waiting.join();

    Duration late = Duration.ofNanos(System.nanoTime() - ended);
    System.out.printf("wait= answered %d ms after the task had ended%n", late.toMillis());
    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("succeeded");
    assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    assertThat(late).isLessThan(Duration.ofSeconds(2));
  }
}
