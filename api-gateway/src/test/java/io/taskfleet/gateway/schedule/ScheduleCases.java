package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.client;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/** Calls of cases about schedules. */
abstract class ScheduleCases {
  static final String SCHEDULES = "/v1/schedules";
  static final String PAYLOAD = "{\"name\":\"page.viewed\", \"value\": 1.50}";
  static final String TASK = "\"task\":{\"type\":\"analytics\",\"payload\":" + PAYLOAD + "}";

  static String body(String name, String timing) {
    return "{\"name\":\"" + name + "\"," + timing + "," + TASK + "}";
  }

  static JsonNode create(String name, String timing) {
    HttpResponse<String> made = client.post(SCHEDULES, body(name, timing));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return GatewayClient.json(made);
  }

  static JsonNode read(String name) {
    return GatewayClient.json(client.get(SCHEDULES + "/" + name));
  }

  static JsonNode patched(String name, String patch) {
    HttpResponse<String> answer = patch(name, patch);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(GatewayClient.json(answer)).isEqualTo(read(name));
    return GatewayClient.json(answer);
  }

  static HttpResponse<String> patch(String name, String patch) {
    return patch(client, name, patch);
  }

  static HttpResponse<String> patch(GatewayClient caller, String name, String patch) {
    return caller.send(
        caller
            .request(SCHEDULES + "/" + name)
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", BodyPublishers.ofString(patch))
            .build());
  }

  static HttpResponse<String> run(GatewayClient caller, String name, String... headers) {
    var request = caller.request(SCHEDULES + "/" + name + "/run").POST(BodyPublishers.noBody());
    return caller.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  static HttpResponse<String> delete(GatewayClient caller, String path) {
    return caller.send(caller.request(SCHEDULES + path).DELETE().build());
  }
}
