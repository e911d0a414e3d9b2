package io.taskfleet.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One of each thing that a tenant can have.
 *
 * @param schedule its name, and that of the template
 * @param plan of a customer, as its events say it
 */
record Things(
    String task,
    String batch,
    String schedule,
    String user,
    String notification,
    String endpoint,
    String plan) {

  /** New ones. */
  static Things of(TestGateway gateway, GatewayClient owner, String tenant) {
    String name = "s-" + UUID.randomUUID();
    String task = "{\"type\":\"analytics\",\"payload\":{\"name\":\"walk\"}%s}";
    String user =
        made(
            owner.post(
                "/v1/users", "{\"email\":\"%s@example.com\",\"name\":\"Ada\"}".formatted(name)));
    made(
        owner.post(
            "/v1/schedules",
            "{\"name\":\"%s\",\"every\":\"1h\",\"task\":%s}".formatted(name, task.formatted(""))));
    assertThat(
            owner
                .post(
                    "/v1/email-templates",
                    "{\"name\":\"%s\",\"subject\":\"Hi\",\"text\":\"Hi\"}".formatted(name))
                .statusCode())
        .isEqualTo(201);
    // An id that tells the time may be that of a batch whose row is still to come: 503.
    String batch =
        made(
            owner.post(
                "/v1/batches", "[" + task.formatted("") + "]", "Idempotency-Key", "batch " + name));
    await().until(() -> owner.get("/v1/batches/" + batch).statusCode() == 200);
    return new Things(
        made(owner.post("/v1/tasks", task.formatted(",\"delay\":\"1h\""))),
        batch,
        name,
        user,
        notification(gateway, tenant, user),
        made(owner.post("/v1/webhook-endpoints", "{\"url\":\"https://hooks.example.com/\"}")),
        plan(gateway, tenant));
  }

  private static String made(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return GatewayClient.json(answer).get("id").asString();
  }

  private static String notification(TestGateway gateway, String tenant, String user) {
    UUID id = UUID.randomUUID();
    gateway
        .bean(JdbcClient.class)
        .sql(
            "insert into inbox_notification (id, tenant, user_id, title, message, created_at)"
                + " values (?, ?, ?, 'Order 17', 'It has left', now())")
        .params(id, tenant, UUID.fromString(user))
        .update();
    return id.toString();
  }

  private static String plan(TestGateway gateway, String tenant) {
    String plan = "plan-" + UUID.randomUUID();
    gateway
        .bean(JdbcClient.class)
        .sql(
            "insert into analytics_bucket (tenant, name, step, property, start, value, count, sum)"
                + " select ?, 'order.sent', step, 'plan', date_trunc('day', now(), 'UTC'), ?, 1, 1"
                + " from unnest(array['1m', '1h', '1d']) as step")
        .params(tenant, plan)
        .update();
    return plan;
  }

  /** Where in this path the owner's things are. */
  String in(String path) {
    String filled =
        path.replaceFirst("^/v1/tasks/\\{id}", "/v1/tasks/" + task)
            .replaceFirst("^/v1/batches/\\{id}", "/v1/batches/" + batch)
            .replaceFirst("^/v1/schedules/\\{name}", "/v1/schedules/" + schedule)
            .replaceFirst("^/v1/email-templates/\\{name}", "/v1/email-templates/" + schedule)
            .replaceFirst("^/v1/users/\\{id}", "/v1/users/" + user)
            .replaceFirst("^/v1/webhook-endpoints/\\{id}", "/v1/webhook-endpoints/" + endpoint)
            .replace("/notifications/{notification}", "/notifications/" + notification)
            .replace("/v1/schemas/{name}", "/v1/schemas/email");
    assertThat(filled).as("Things has nothing that could stand here").doesNotContain("{");
    return filled;
  }

  List<String> names() {
    return List.of(task, batch, schedule, user, notification, endpoint, plan);
  }
}
