package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.gateway;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Schedules are changed, and wait for another time then. Cases of {@link ScheduleIT}. */
abstract class ScheduleChanges extends ScheduleCases {
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
}
