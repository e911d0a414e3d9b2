package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.client;
import static io.taskfleet.gateway.schedule.ScheduleIT.other;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Schedules are listed page by page. Cases of {@link ScheduleIT}. */
abstract class SchedulePages extends ScheduleCases {
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
}
