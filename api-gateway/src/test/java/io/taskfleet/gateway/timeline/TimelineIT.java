package io.taskfleet.gateway.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import java.net.http.HttpResponse;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The rows are as workers and relays leave them. */
class TimelineIT {
  private static TestGateway gateway;
  private static GatewayClient client;
  private static JdbcClient jdbc;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("timeline", Map.of());
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    jdbc = gateway.bean(JdbcClient.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aTaskThatWaitsInAQueueWasAccepted() {
    String id = submit();

    JsonNode timeline = timeline(client, id);

    assertThat(timeline.get("state").asString()).isEqualTo("queued");
    assertThat(events(timeline)).containsExactly("accepted");
    assertThat(timeline.at("/entries/0/at").isString()).isTrue();
  }

  @Test
  void aTaskThatRunsForTheFirstTimeHasStarted() {
    String id = submit();
    String key = RedisKeys.task(UUID.fromString(id));
    try (RedisClient redis = RedisClient.create(SharedLocalStack.get().redisUri())) {
      var commands = redis.connect().sync();
      commands.set(
          key,
          commands
              .get(key)
              .replace(
                  "\"state\":\"queued\"",
                  "\"state\":\"running\",\"started_at\":\"2126-01-01T00:00:00Z\"")
              .replace("\"attempt\":0", "\"attempt\":1"));
    }

    JsonNode timeline = timeline(client, id);

    assertThat(events(timeline)).containsExactly("accepted", "attempt_started");
    assertThat(timeline.at("/entries/1/attempt").asInt()).isEqualTo(1);
  }

  @Test
  void tellsEverythingThatHappenedInOrder() {
    UUID id = UUID.randomUUID();
    row(id, "succeeded", 2, 5, 7);
    line(id, 1, 1, "retrying", "transient", "421 try again later", "w1", 1, 2);
    line(id, 2, 1, "deferred", "unavailable", "breaker smtp is open", "w2", null, 3);
    line(id, 3, 2, "dead", "permanent", "550 no such user", "w1", 4, 5);
    line(id, 3, 2, "redriven", "operator", "redrive 42", "ada", null, 6);

    JsonNode timeline = timeline(client, id.toString());

    assertThat(events(timeline))
        .containsExactly(
            "accepted",
            "attempt_failed",
            "deferred",
            "attempt_failed",
            "dead_lettered",
            "redriven",
            "published",
            "attempt_succeeded",
            "ended");
    JsonNode entries = timeline.get("entries");
    assertThat(entries.get(1).get("worker").asString()).isEqualTo("w1");
    assertThat(entries.get(1).at("/error/class").asString()).isEqualTo("transient");
    assertThat(entries.get(1).at("/error/detail").asString()).isEqualTo("421 try again later");
    assertThat(entries.get(1).get("started_at").asString()).isEqualTo("2026-01-01T00:00:01Z");
    assertThat(entries.get(2).at("/reason/detail").asString()).isEqualTo("breaker smtp is open");
    assertThat(entries.get(4).get("topic").asString()).isEqualTo("taskfleet.email.dlt");
    assertThat(entries.get(4).get("attempts").asInt()).isEqualTo(2);
    assertThat(entries.get(5).get("by").asString()).isEqualTo("ada");
    assertThat(entries.get(6).get("topic").asString()).isEqualTo("taskfleet.email");
    assertThat(entries.get(6).get("partition").asInt()).isEqualTo(3);
    assertThat(entries.get(6).get("offset").asLong()).isEqualTo(99);
    assertThat(entries.get(7).get("worker").asString()).isEqualTo("w3");
    assertThat(entries.get(8).get("state").asString()).isEqualTo("succeeded");
    assertThat(timeline.get("truncated").asBoolean()).isFalse();
    assertThat(
            timeline.get("entries").valueStream().map(entry -> entry.get("at").asString()).toList())
        .isSorted();
  }

  @Test
  void aDeadTaskEndsWithTheReason() {
    UUID id = UUID.randomUUID();
    row(id, "dead", 1, 1, 2);
    jdbc.sql("update task set error_code = 'RETRIES_EXHAUSTED' where id = ?").param(id).update();
    line(id, 1, 1, "dead", "transient", "timed out", "w1", 1, 2);

    JsonNode timeline = timeline(client, id.toString());

    assertThat(events(timeline))
        .containsExactly("accepted", "published", "attempt_failed", "dead_lettered", "ended");
    assertThat(timeline.at("/entries/4/code").asString()).isEqualTo("RETRIES_EXHAUSTED");
  }

  @Test
  void aRecordThatIsNoTaskHasNoAttempt() {
    UUID id = UUID.randomUUID();
    row(id, "dead", 0, 1, 2);
    line(id, 1, 0, "dead", "undecodable", "not valid JSON", "w1", null, 2);

    assertThat(events(timeline(client, id.toString())))
        .containsExactly("accepted", "published", "dead_lettered", "ended");
  }

  @Test
  void tellsTheLatestOfVeryMany() {
    UUID id = UUID.randomUUID();
    row(id, "deferred", 0, 1_500, null);
    jdbc.sql(
            """
            insert into task_attempt (task_id, delivery, attempt, outcome, error_class,
                error_detail, worker, finished_at)
            select :id, i, 0, 'deferred', 'unavailable', 'full', 'w', now() + i * interval '1 second'
              from generate_series(1, 1500) as i
            """)
        .param("id", id)
        .update();

    JsonNode timeline = timeline(client, id.toString());

    assertThat(timeline.get("truncated").asBoolean()).isTrue();
    assertThat(timeline.get("entries").size()).isEqualTo(1_002);
    assertThat(timeline.get("entries").get(1_001).get("delivery").asInt()).isEqualTo(1_500);
  }

  @Test
  void isThereForItsTenantOnly() {
    String queued = submit();
    UUID ended = UUID.randomUUID();
    row(ended, "succeeded", 1, 1, 2);
    GatewayClient other = TestKeys.client(gateway, "other", "tasks:read");

    for (String id : List.of(queued, ended.toString(), UUID.randomUUID().toString(), "x")) {
      HttpResponse<String> answer = other.get("/v1/tasks/" + id + "/timeline");
      assertThat(answer.statusCode()).as(id).isEqualTo(404);
    }
    assertThat(
            TestKeys.client(gateway, "default", "tasks:write")
                .get("/v1/tasks/" + ended + "/timeline")
                .statusCode())
        .isEqualTo(403);
  }

  private static String submit() {
    String id =
        GatewayClient.json(client.post("/v1/analytics/events", "{\"name\":\"a\"}"))
            .get("id")
            .asString();
    gateway.awaitNoted(id);
    return id;
  }

  private static JsonNode timeline(GatewayClient of, String id) {
    HttpResponse<String> answer = of.get("/v1/tasks/" + id + "/timeline");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer);
  }

  private static List<String> events(JsonNode timeline) {
    return timeline.get("entries").valueStream().map(e -> e.get("event").asString()).toList();
  }

  /** Times are seconds after the task was accepted; the last attempt took the last one. */
  private static void row(UUID id, String state, int attempt, int delivery, @Nullable Integer end) {
    jdbc.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload_hash, source_topic, source_partition, source_offset, worker, created_at,
                started_at, finished_at)
            values (:id, 'default', 'email', 'normal', 'k', :state, :attempt, :delivery, '',
                'taskfleet.email', 3, 99, 'w3', timestamptz '2026-01-01 00:00:00Z',
                timestamptz '2026-01-01 00:00:00Z' + (:end - 1) * interval '1 second',
                timestamptz '2026-01-01 00:00:00Z' + :end * interval '1 second')
            """)
        .param("id", id)
        .param("state", state)
        .param("attempt", attempt)
        .param("delivery", delivery)
        .param("end", end, Types.INTEGER)
        .update();
  }

  private static void line(
      UUID id,
      int delivery,
      int attempt,
      String outcome,
      String errorClass,
      String detail,
      String worker,
      @Nullable Integer start,
      int end) {
    jdbc.sql(
            """
            insert into task_attempt (task_id, delivery, attempt, outcome, error_class,
                error_detail, worker, started_at, finished_at)
            values (:id, :delivery, :attempt, :outcome, :class, :detail, :worker,
                timestamptz '2026-01-01 00:00:00Z' + :start * interval '1 second',
                timestamptz '2026-01-01 00:00:00Z' + :end * interval '1 second')
            """)
        .param("id", id)
        .param("delivery", delivery)
        .param("attempt", attempt)
        .param("outcome", outcome)
        .param("class", errorClass)
        .param("detail", detail)
        .param("worker", worker)
        .param("start", start, Types.INTEGER)
        .param("end", end)
        .update();
  }
}
