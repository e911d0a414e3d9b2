package io.taskfleet.gateway.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.Topics;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What the gateway leaves for workers to find. */
class CancelIT {
  // Spaces and numbers that would not survive being parsed and written anew.
  private static final String TASK =
      "{\"type\":\"analytics\",\"key\":\"k\",\"max_attempts\":4,"
          + "\"payload\":{ \"name\" : \"a\",\t\"value\":1.50 }}";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static JdbcClient jdbc;
  private static RedisClient redisClient;
  private static RedisCommands<String, String> redis;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("cancel", Map.of());
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    jdbc = gateway.bean(JdbcClient.class);
    redisClient = RedisClient.create(SharedLocalStack.get().redisUri());
    redis = redisClient.connect().sync();
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    redisClient.shutdown();
    gateway.close();
  }

  @Test
  void makesTheRowOfATaskThatWaitsInAQueueSoThatWorkersKnowItsRecord() {
    String id = submit();

    HttpResponse<String> answer = cancel(client, id);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("cancelled");
    assertThat(GatewayClient.json(answer).has("finished_at")).isTrue();
    ConsumerRecord<byte[], byte[]> record = topics.records("taskfleet.analytics", id).getFirst();
    Map<String, @Nullable Object> row = row(id);
    assertThat((byte[]) row.get("payload_hash")).isEqualTo(TestKeys.sha256(record.value()));
    assertThat(row.get("payload")).hasToString(new String(record.value(), StandardCharsets.UTF_8));
    assertThat(row)
        .containsEntry("tenant", "default")
        .containsEntry("type", "analytics")
        .containsEntry("ordering_key", "k")
        .containsEntry("priority", "normal")
        .containsEntry("attempt", 0)
        .containsEntry("delivery", 0)
        .containsEntry("max_attempts", 4)
        .containsEntry("due_at", null)
        .containsEntry("source_topic", null);
    assertThat(
            jdbc.sql(
                    "select finished_at between now() - interval '10 seconds' and now() from task"
                        + " where id = ?::uuid")
                .param(id)
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  @Test
  void tellsRedisTheTimelineWhoWaitsAndTheEvents() {
    String id = submit();
    CompletableFuture<HttpResponse<String>> waiting =
        CompletableFuture.supplyAsync(() -> client.get("/v1/tasks/" + id + "?wait=20s"));

    cancel(client, id);

    assertThat(GatewayClient.json(waiting.join()).get("state").asString()).isEqualTo("cancelled");
    Awaitility.await()
        .until(
            () ->
                redis.get(RedisKeys.task(UUID.fromString(id))).contains("\"state\":\"cancelled\""));
    JsonNode entries =
        GatewayClient.json(client.get("/v1/tasks/" + id + "/timeline")).get("entries");
    assertThat(entries.valueStream().map(entry -> entry.get("event").asString()))
        .containsExactly("accepted", "cancelled", "ended");
    assertThat(entries.get(1).get("by").asString()).startsWith("key ");
    Awaitility.await().until(() -> topics.records(Topics.EVENTS, id + "/cancelled/0").size() == 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduled", "queued", "running", "retrying", "deferred"})
  void endsARowThatHasNotEnded(String state) {
    UUID id = insert(state, null);

    HttpResponse<String> answer = cancel(client, id.toString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(row(id.toString()))
        .containsEntry("state", "cancelled")
        .containsEntry("due_at", null)
        .containsEntry("delivery", 1)
        .containsEntry("attempt", 1)
        .containsEntry("worker", "w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"succeeded", "dead", "expired"})
  void leavesWhatHasEndedAsItIs(String state) {
    UUID id = insert(state, null);
    Map<String, @Nullable Object> before = row(id.toString());

    HttpResponse<String> answer = cancel(client, id.toString());

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(GatewayClient.json(answer).get("type").asString()).isEqualTo("/problems/conflict");
    assertThat(row(id.toString())).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void cancelsOnceHoweverOftenAndByHoweverManyItIsAsked() throws Exception {
    UUID batch = UUID.randomUUID();
    UUID first = insert("retrying", batch);
    UUID second = insert("queued", batch);
    jdbc.sql("insert into batch (id, tenant, total, succeeded) values (?, 'default', 3, 1)")
        .param(batch)
        .update();

    assertThat(cancelAtOnce(first.toString())).containsOnly(200);
    assertThat(batch(batch)).containsEntry("cancelled", 1).containsEntry("finished_at", null);
    assertThat(cancelAtOnce(second.toString())).containsOnly(200);

    assertThat(batch(batch)).containsEntry("cancelled", 2);
    assertThat(batch(batch).get("finished_at")).isNotNull();
    assertThat(
            jdbc.sql("select count(*) from task_attempt where task_id in (?, ?)")
                .params(first, second)
                .query(Long.class)
                .single())
        .isEqualTo(2);
  }

  @Test
  void countsATaskOfABatchThatWaitsInAQueueOnce() throws Exception {
    UUID batch = UUID.randomUUID();
    String id = submit();
    String key = RedisKeys.task(UUID.fromString(id));
    redis.set(key, redis.get(key).replaceFirst("\\{", "{\"batch_id\":\"" + batch + "\","));

    assertThat(cancelAtOnce(id)).containsOnly(200);

    assertThat(row(id)).containsEntry("batch_id", batch);
    assertThat(batch(batch)).containsEntry("cancelled", 1).containsEntry("total", null);
  }

  @Test
  void startsWhatFollowsABatchWhoseLastTaskItCancels() {
    UUID batch = UUID.randomUUID();
    UUID last = insert("retrying", batch);
    UUID following = insert("scheduled", null);
    jdbc.sql("update task set due_at = null where id = ?").param(following).update();
    jdbc.sql(
            "insert into batch (id, tenant, total, succeeded, on_complete)"
                + " values (?, 'default', 2, 1, ?)")
        .params(batch, following)
        .update();

    assertThat(cancel(client, last.toString()).statusCode()).isEqualTo(200);

    assertThat(row(following.toString())).containsEntry("state", "scheduled");
    assertThat(row(following.toString()).get("due_at")).isNotNull();
  }

  @Test
  void cancelsWhatFollowsACancelledBatchWhoseLastTaskItCancels() {
    UUID batch = UUID.randomUUID();
    UUID last = insert("queued", batch);
    UUID following = insert("scheduled", null);
    jdbc.sql("update task set due_at = null where id = ?").param(following).update();
    jdbc.sql(
            "insert into batch (id, tenant, total, cancelled, cancelled_at, on_complete)"
                + " values (?, 'default', 2, 1, now(), ?)")
        .params(batch, following)
        .update();

    assertThat(cancel(client, last.toString()).statusCode()).isEqualTo(200);

    assertThat(row(following.toString()))
        .containsEntry("state", "cancelled")
        .containsEntry("due_at", null);
    assertThat(row(following.toString()).get("finished_at")).isNotNull();
  }

  @Test
  void knowsNoTaskOfAnotherTenant() {
    String queued = submit();
    String waiting = insert("retrying", null).toString();
    GatewayClient other = TestKeys.client(gateway, "other", "tasks:write");

    for (String id : List.of(queued, waiting, UUID.randomUUID().toString(), "x")) {
      assertThat(cancel(other, id).statusCode()).as(id).isEqualTo(404);
    }
    assertThat(row(waiting)).containsEntry("state", "retrying");
    assertThat(
            jdbc.sql("select count(*) from task where id = ?::uuid")
                .param(queued)
                .query(Long.class)
                .single())
        .isZero();
    GatewayClient reader = TestKeys.client(gateway, "default", "tasks:read");
    assertThat(cancel(reader, waiting).statusCode()).isEqualTo(403);
  }

  @Test
  void saysThatItEndedWhenOnlyRedisRemembers() {
    String id = submit();
    String key = RedisKeys.task(UUID.fromString(id));
    redis.set(key, redis.get(key).replace("\"queued\"", "\"succeeded\""));

    assertThat(cancel(client, id).statusCode()).isEqualTo(409);
    assertThat(
            jdbc.sql("select count(*) from task where id = ?::uuid")
                .param(id)
                .query(Long.class)
                .single())
        .isZero();
  }

  private static List<Integer> cancelAtOnce(String id) throws Exception {
    List<Integer> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      Callable<Integer> call = () -> cancel(client, id).statusCode();
      List<Callable<Integer>> calls = Collections.nCopies(8, call);
      for (Future<Integer> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  private static String submit() {
    String id = GatewayClient.json(client.post("/v1/tasks", TASK)).get("id").asString();
    gateway.awaitNoted(id);
    return id;
  }

  private static HttpResponse<String> cancel(GatewayClient by, String id) {
    return by.send(by.request("/v1/tasks/" + id).timeout(Duration.ofSeconds(30)).DELETE().build());
  }

  private static UUID insert(String state, @Nullable UUID batch) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, due_at, batch_id, worker, created_at, finished_at)
            values (:id, 'default', 'analytics', 'normal', 'k', :state, 1, 1, '{"name":"a"}', '',
                case when :state in ('scheduled', 'retrying', 'deferred') then now() end,
                :batch, 'w', now(),
                case when :state in ('succeeded', 'dead', 'expired') then now() end)
            """)
        .param("id", id)
        .param("state", state)
        .param("batch", batch, Types.OTHER)
        .update();
    return id;
  }

  private static Map<String, @Nullable Object> row(String id) {
    return jdbc.sql("select * from task where id = ?::uuid").param(id).query().singleRow();
  }

  private static Map<String, @Nullable Object> batch(UUID id) {
    return jdbc.sql("select * from batch where id = ?").param(id).query().singleRow();
  }
}
