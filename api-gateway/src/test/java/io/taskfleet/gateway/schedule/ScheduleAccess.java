package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.gateway;
import static io.taskfleet.gateway.schedule.ScheduleIT.other;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import org.junit.jupiter.api.Test;

/** Who may do what with schedules. Cases of {@link ScheduleIT}. */
abstract class ScheduleAccess extends ScheduleCases {
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
}
