package io.taskfleet.gateway.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.TaskHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules over HTTP. Nobody fires them here. */
class ScheduleIT {
  private static final String SCHEDULES = "/v1/schedules";
  private static final String PAYLOAD = "{\"name\":\"page.viewed\", \"value\": 1.50}";
  private static final String TASK =
      "\"task\":{\"type\":\"analytics\",\"payload\":" + PAYLOAD + "}";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;
  private static TopicReader topics;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "schedule", Map.of("taskfleet.schedules.most-per-tenant", "12"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = Tenants.client(gateway, "other", "tasks:read", "tasks:write");
    topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topics.close();
    gateway.close();
  }

  @BeforeEach
  void clear() {
    gateway.bean(JdbcClient.class).sql("truncate schedule").update();
  }

  @Test
  void aScheduleIsReadBackAsItWasMadeAndSaysWhenItFires() {
    HttpResponse<String> made =
        client.post(
            SCHEDULES,
            body("nightly.report-1_a", "\"cron\":\"0 30 4 * * *\",\"zone\":\"Europe/Berlin\""));

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location")).contains(SCHEDULES + "/nightly.report-1_a");
    HttpResponse<String> read = client.get(SCHEDULES + "/nightly.report-1_a");
    assertThat(read.statusCode()).isEqualTo(200);
    JsonNode schedule = GatewayClient.json(read);
    assertThat(schedule).isEqualTo(GatewayClient.json(made));
    assertThat(schedule.get("cron").asString()).isEqualTo("0 30 4 * * *");
    assertThat(schedule.get("zone").asString()).isEqualTo("Europe/Berlin");
    assertThat(schedule.get("catch_up").asString()).isEqualTo("once");
    assertThat(schedule.get("enabled").asBoolean()).isTrue();
    assertThat(read.body()).contains("\"payload\":" + PAYLOAD);
    assertThat(schedule.has("last_fired_at")).isFalse();
    assertThat(schedule.has("last_task_id")).isFalse();
    Instant next = Instant.parse(schedule.get("next_fire_at").asString());
    assertThat(next).isBetween(Instant.now(), Instant.now().plus(Duration.ofHours(26)));
    assertThat(next.atZone(ZoneId.of("Europe/Berlin")).toLocalTime()).hasToString("04:30");
  }

  @Test
  void keepsEveryWishOfItsTask() {
    String task =
        "{\"type\":\"analytics\",\"payload\":{\"name\":\"a\"},\"key\":\"k\",\"priority\":\"high\","
            + "\"expires_at\":\"2030-01-01T00:00:00Z\",\"max_attempts\":3,\"timeout\":\"PT10S\","
            + "\"tags\":[\"a\",\"b\"],\"callback_url\":\"https://example.com/done\"}";

    HttpResponse<String> made =
        client.post(SCHEDULES, "{\"name\":\"wishes\",\"every\":\"1h\",\"task\":" + task + "}");

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(read("wishes").get("task")).isEqualTo(JsonMapper.shared().readTree(task));
    assertThat(patched("wishes", "{\"task\":{\"tags\":[\"c\"]}}").at("/task/tags/0").asString())
        .isEqualTo("c");
  }

  @Test
  void everyIsCountedFromWhenItWasMade() {
    JsonNode made = create("often", "\"every\":\"90m\"");

    assertThat(made.get("every").asString()).isEqualTo("PT1H30M");
    assertThat(Instant.parse(made.get("next_fire_at").asString()))
        .isEqualTo(Instant.parse(made.get("created_at").asString()).plus(Duration.ofMinutes(90)));
  }

  @Test
  void showsWhatTheWorkersNote() {
    create("seen", "\"every\":\"1h\"");
    UUID task = UUID.randomUUID();
    gateway
        .bean(JdbcClient.class)
        .sql("update schedule set last_fired_at = '2026-11-22T01:02:03Z', last_task_id = ?")
        .param(task)
        .update();

    JsonNode read = read("seen");

    assertThat(read.get("last_fired_at").asString()).isEqualTo("2026-11-22T01:02:03Z");
    assertThat(read.get("last_task_id").asString()).isEqualTo(task.toString());
    patch("seen", "{\"every\":\"2h\"}");
    assertThat(read("seen").get("last_task_id").asString()).isEqualTo(task.toString());
  }

  @Test
  void aNameIsTakenOncePerTenant() {
    create("taken", "\"every\":\"1h\"");

    HttpResponse<String> again = client.post(SCHEDULES, body("taken", "\"every\":\"2h\""));
    HttpResponse<String> elsewhere = other.post(SCHEDULES, body("taken", "\"every\":\"2h\""));

    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(GatewayClient.json(again).get("type").asString()).isEqualTo("/problems/conflict");
    assertThat(elsewhere.statusCode()).isEqualTo(201);
    assertThat(read("taken").get("every").asString()).isEqualTo("PT1H");
  }

  @Test
  void aTenantMayHaveSoManyAndNoMore() {
    for (int i = 0; i < 12; i++) {
      create("n" + i, "\"every\":\"1h\"");
    }

    HttpResponse<String> oneMore = client.post(SCHEDULES, body("more", "\"every\":\"1h\""));

    assertThat(oneMore.statusCode()).isEqualTo(422);
    assertThat(GatewayClient.json(oneMore).at("/errors/0/code").asString())
        .isEqualTo("LIMITS_EXCEEDED");
    assertThat(other.post(SCHEDULES, body("more", "\"every\":\"1h\"")).statusCode()).isEqualTo(201);
  }

  @Test
  void pagesGoThroughAllOfATenantsInOrder() {
    for (int i = 0; i < 7; i++) {
      create("n" + i, "\"every\":\"1h\"");
    }
    other.post(SCHEDULES, body("n3.foreign", "\"every\":\"1h\""));

    List<String> names = new ArrayList<>();
    String query = "?page_size=3";
    String token;
    String last = "";
    do {
      JsonNode page = GatewayClient.json(client.get(SCHEDULES + query));
      assertThat(page.get("schedules").size()).isBetween(1, 3);
      page.get("schedules").forEach(each -> names.add(each.get("name").asString()));
      token = page.path("next_page_token").asString("");
      query = "?page_size=3&page_token=" + token;
      last = token.isEmpty() ? last : token;
    } while (!token.isEmpty());

    assertThat(other.get(SCHEDULES + "?page_token=" + last).statusCode()).isEqualTo(400);
    assertThat(names).containsExactly("n0", "n1", "n2", "n3", "n4", "n5", "n6");
    assertThat(GatewayClient.json(other.get(SCHEDULES)).at("/schedules/0/name").asString())
        .isEqualTo("n3.foreign");
  }

  @Test
  void aPageEndsEarlyWhenItGetsLarge() {
    String half = "x".repeat(350_000);
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> made =
          client.post(
              SCHEDULES,
              "{\"name\":\"n%d\",\"every\":\"1h\",\"task\":{\"type\":\"email\",\"payload\":"
                      .formatted(i)
                  + "{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"%1$s\",\"html\":\"%1$s\"}}}"
                      .formatted(half));
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    }

    HttpResponse<String> first = client.get(SCHEDULES);
    JsonNode page = GatewayClient.json(first);

    assertThat(page.get("schedules").size()).isEqualTo(3);
    JsonNode rest =
        GatewayClient.json(
            client.get(SCHEDULES + "?page_token=" + page.get("next_page_token").asString()));
    assertThat(rest.get("schedules").size()).isEqualTo(2);
    assertThat(rest.has("next_page_token")).isFalse();
  }

  @Test
  void aPatchOfTheTimeStartsAnewAndAnotherDoesNot() {
    JsonNode made = create("patched", "\"every\":\"1h\"");
    gateway
        .bean(JdbcClient.class)
        .sql("update schedule set next_fire_at = now() - interval '3 hours'")
        .update();
    Instant overdue = Instant.parse(read("patched").get("next_fire_at").asString());

    JsonNode policy = patched("patched", "{\"catch_up\":\"all\",\"task\":{\"key\":\"k\"}}");
    Instant asked = Instant.now();
    JsonNode time = patched("patched", "{\"every\":null,\"cron\":\"@hourly\"}");

    assertThat(Instant.parse(policy.get("next_fire_at").asString())).isEqualTo(overdue);
    assertThat(policy.at("/task/key").asString()).isEqualTo("k");
    assertThat(policy.get("created_at")).isEqualTo(made.get("created_at"));
    assertThat(time.has("every")).isFalse();
    assertThat(time.get("zone").asString()).isEqualTo("UTC");
    assertThat(Instant.parse(time.get("next_fire_at").asString()))
        .isBetween(asked, Instant.now().plus(Duration.ofHours(1)));
  }

  @Test
  void aDisabledScheduleWaitsForNothingAndOneEnabledStartsAnew() {
    create("paused", "\"every\":\"1h\"");

    JsonNode disabled = patched("paused", "{\"enabled\":false}");
    JsonNode retimed = patched("paused", "{\"every\":\"2h\"}");
    JsonNode enabled = patched("paused", "{\"enabled\":true}");

    assertThat(disabled.has("next_fire_at")).isFalse();
    assertThat(retimed.has("next_fire_at")).isFalse();
    assertThat(Instant.parse(enabled.get("next_fire_at").asString())).isAfter(Instant.now());
  }

  @Test
  void anEndedScheduleCanBePutAsideAndStartsOnlyWithATimeToCome() {
    create("once", "\"at\":\"" + Instant.now().plusSeconds(60) + "\"");
    gateway
        .bean(JdbcClient.class)
        .sql("update schedule set next_fire_at = null, fire_at = now() - interval '1 hour'")
        .update();

    assertThat(patch("once", "{\"enabled\":false}").statusCode()).isEqualTo(200);
    HttpResponse<String> again = patch("once", "{\"enabled\":true}");
    assertThat(again.statusCode()).isEqualTo(422);
    assertThat(GatewayClient.json(again).at("/errors/0/pointer").asString()).isEqualTo("/at");
    String soon = Instant.now().plusSeconds(90).toString();
    JsonNode anew = patched("once", "{\"enabled\":true,\"at\":\"" + soon + "\"}");
    assertThat(anew.get("next_fire_at")).isEqualTo(anew.get("at"));
  }

  @Test
  void deletesOneOrAllOfATenants() {
    create("a", "\"every\":\"1h\"");
    create("b", "\"every\":\"1h\"");
    create("c", "\"every\":\"1h\"");
    other.post(SCHEDULES, body("a", "\"every\":\"1h\""));

    HttpResponse<String> one = delete(client, "/a");
    HttpResponse<String> gone = delete(client, "/a");
    HttpResponse<String> all = delete(client, "");

    assertThat(one.statusCode()).isEqualTo(204);
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(GatewayClient.json(all).get("deleted").asInt()).isEqualTo(2);
    assertThat(other.get(SCHEDULES + "/a").statusCode()).isEqualTo(200);
  }

  @Test
  void runsAtOnceWhatItWouldFire() {
    create("run-me", "\"cron\":\"0 0 0 1 1 *\"");
    JsonNode before = read("run-me");

    HttpResponse<String> run = run(client, "run-me");
    HttpResponse<String> keyed = run(client, "run-me", "Idempotency-Key", "r-1");
    HttpResponse<String> again = run(client, "run-me", "Idempotency-Key", "r-1");

    assertThat(run.statusCode()).as(run.body()).isEqualTo(202);
    String id = GatewayClient.json(run).get("id").asString();
    assertThat(run.headers().firstValue("Location")).contains("/v1/tasks/" + id);
    assertThat(GatewayClient.json(run).get("state").asString()).isEqualTo("queued");
    List<ConsumerRecord<byte[], byte[]>> records = topics.records("taskfleet.analytics", id);
    assertThat(records).hasSize(1);
    assertThat(new String(records.getFirst().value(), UTF_8)).isEqualTo(PAYLOAD);
    assertThat(new String(records.getFirst().key(), UTF_8)).isEqualTo(id);
    assertThat(TopicReader.header(records.getFirst(), TaskHeaders.TRACEPARENT))
        .isEqualTo(run.headers().firstValue("traceparent").orElseThrow());
    assertThat(GatewayClient.json(keyed).get("id")).isEqualTo(GatewayClient.json(again).get("id"));
    assertThat(read("run-me")).isEqualTo(before);
  }

  @Test
  void aKeyIsGoodForOneRunOfOneSchedule() {
    create("keyed", "\"every\":\"1h\"");
    create("keyed-too", "\"every\":\"1h\"");
    String key = "run " + UUID.randomUUID();

    HttpResponse<String> first = run(client, "keyed", "Idempotency-Key", key);
    patched("keyed", "{\"task\":{\"payload\":{\"name\":\"changed\"}}}");
    HttpResponse<String> again = run(client, "keyed", "Idempotency-Key", key);
    HttpResponse<String> other = run(client, "keyed-too", "Idempotency-Key", key);

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(GatewayClient.json(other).get("type").asString())
        .isEqualTo("/problems/idempotency-key-reused");
    String task = GatewayClient.json(first).get("id").asString();
    assertThat(topics.records("taskfleet.analytics", task)).hasSize(1);
  }

  @Test
  void whatHasExpiredIsNotRun() {
    create("late", "\"every\":\"1h\"");
    gateway
        .bean(JdbcClient.class)
        .sql("update schedule set expires_at = now() - interval '1 second'")
        .update();

    assertThat(run(client, "late").statusCode()).isEqualTo(409);
  }

  @Test
  void schedulesOfOtherTenantsAreNotThere() {
    create("mine", "\"every\":\"1h\"");

    assertThat(other.get(SCHEDULES + "/mine").statusCode()).isEqualTo(404);
    assertThat(patch(other, "mine", "{\"enabled\":false}").statusCode()).isEqualTo(404);
    assertThat(run(other, "mine").statusCode()).isEqualTo(404);
    assertThat(delete(other, "/mine").statusCode()).isEqualTo(404);
    assertThat(GatewayClient.json(delete(other, "")).get("deleted").asInt()).isZero();
    assertThat(GatewayClient.json(other.get(SCHEDULES)).get("schedules").size()).isZero();
    assertThat(read("mine").get("enabled").asBoolean()).isTrue();
  }

  @Test
  void readingAndWritingHaveTheirScopes() {
    create("scoped", "\"every\":\"1h\"");
    GatewayClient reader = Tenants.client(gateway, "default", "tasks:read");
    GatewayClient writer = Tenants.client(gateway, "default", "tasks:write");

    assertThat(reader.get(SCHEDULES + "/scoped").statusCode()).isEqualTo(200);
    assertThat(reader.get(SCHEDULES).statusCode()).isEqualTo(200);
    assertThat(reader.post(SCHEDULES, body("x", "\"every\":\"1h\"")).statusCode()).isEqualTo(403);
    assertThat(patch(reader, "scoped", "{}").statusCode()).isEqualTo(403);
    assertThat(run(reader, "scoped").statusCode()).isEqualTo(403);
    assertThat(delete(reader, "/scoped").statusCode()).isEqualTo(403);
    assertThat(delete(reader, "").statusCode()).isEqualTo(403);
    assertThat(writer.get(SCHEDULES + "/scoped").statusCode()).isEqualTo(403);
    assertThat(writer.get(SCHEDULES).statusCode()).isEqualTo(403);
  }

  private static String body(String name, String timing) {
    return "{\"name\":\"" + name + "\"," + timing + "," + TASK + "}";
  }

  private static JsonNode create(String name, String timing) {
    HttpResponse<String> made = client.post(SCHEDULES, body(name, timing));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return GatewayClient.json(made);
  }

  private static JsonNode read(String name) {
    return GatewayClient.json(client.get(SCHEDULES + "/" + name));
  }

  private static JsonNode patched(String name, String patch) {
    HttpResponse<String> answer = patch(name, patch);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(GatewayClient.json(answer)).isEqualTo(read(name));
    return GatewayClient.json(answer);
  }

  private static HttpResponse<String> patch(String name, String patch) {
    return patch(client, name, patch);
  }

  private static HttpResponse<String> patch(GatewayClient caller, String name, String patch) {
    return caller.send(
        caller
            .request(SCHEDULES + "/" + name)
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", BodyPublishers.ofString(patch))
            .build());
  }

  private static HttpResponse<String> run(GatewayClient caller, String name, String... headers) {
    var request = caller.request(SCHEDULES + "/" + name + "/run").POST(BodyPublishers.noBody());
    return caller.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private static HttpResponse<String> delete(GatewayClient caller, String path) {
    return caller.send(caller.request(SCHEDULES + path).DELETE().build());
  }
}
