package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.client;
import static io.taskfleet.gateway.schedule.ScheduleIT.gateway;
import static io.taskfleet.gateway.schedule.ScheduleIT.other;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules are made, read, and removed. Cases of {@link ScheduleIT}. */
abstract class ScheduleMaking extends ScheduleCases {
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
}
