package io.taskfleet.gateway.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Calls about users, by one tenant. */
record UserCalls(GatewayClient client) {

  static UserCalls of(TestGateway gateway) {
    return new UserCalls(new GatewayClient(gateway.url(), TestGateway.KEY));
  }

  /** The same by another tenant. */
  static UserCalls ofTenant(TestGateway gateway, String tenant) {
    String key = "tf_" + UUID.randomUUID().toString().replace('-', '_');
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into api_key (id, tenant, name, hash, scopes, created_at)
            values (gen_random_uuid(), :tenant, 'test', sha256(convert_to(:key, 'UTF8')),
                '{users}', now())
            """)
        .param("tenant", tenant)
        .param("key", key)
        .update();
    return new UserCalls(new GatewayClient(gateway.url(), key));
  }

  static String body(String email, String name) {
    return "{\"email\":\"%s\",\"name\":\"%s\"}".formatted(email, name);
  }

  static String anyEmail() {
    return "u" + UUID.randomUUID() + "@example.com";
  }

  String create(String email, String name, String... headers) {
    HttpResponse<String> made = client.post("/v1/users", body(email, name), headers);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return GatewayClient.json(made).get("id").asString();
  }

  String create() {
    return create(anyEmail(), "Ada");
  }

  HttpResponse<String> get(String path) {
    return client.get("/v1/users/" + path);
  }

  HttpResponse<String> patch(String id, String json) {
    return send("PATCH", "/v1/users/" + id, json);
  }

  HttpResponse<String> put(String path, String json) {
    return send("PUT", "/v1/users/" + path, json);
  }

  HttpResponse<String> delete(String id) {
    return client.send(client.request("/v1/users/" + id).DELETE().build());
  }

  HttpResponse<String> setStatus(String json) {
    return send("PATCH", "/v1/users:status", json);
  }

  HttpResponse<String> importLines(BodyPublisher lines, String query, String... headers) {
    HttpRequest.Builder request =
        client
            .request("/v1/users:import" + query)
            .header("Content-Type", "application/x-ndjson")
            .POST(lines);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build());
  }

  HttpResponse<String> importLines(String lines) {
    return importLines(BodyPublishers.ofString(lines), "");
  }

  private HttpResponse<String> send(String method, String path, String json) {
    return client.send(
        client
            .request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json))
            .build());
  }

  static JsonNode json(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return GatewayClient.json(answer);
  }

  static String cache(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Cache").orElse("");
  }
}
