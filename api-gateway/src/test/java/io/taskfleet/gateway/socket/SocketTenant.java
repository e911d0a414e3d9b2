package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.InboxArrival;
import io.taskfleet.wire.RedisKeys;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A tenant of tests: its users, their tokens, and what a worker would put in their inboxes. */
final class SocketTenant {
  /** Two gateways take each other's tokens. */
  static final Map<String, String> ONE_KEY =
      Map.of("taskfleet.security.token.keys.test", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

  final String name = "t-" + UUID.randomUUID();
  final GatewayClient client;
  private final TestGateway gateway;

  SocketTenant(TestGateway gateway) {
    this.gateway = gateway;
    this.client = TestKeys.client(gateway, name, "users", "tasks:write", "tasks:read", "analytics");
  }

  /** A new user's id. */
  String user() {
    HttpResponse<String> made =
        client.post(
            "/v1/users",
            "{\"email\":\"u%s@example.com\",\"name\":\"Ada\"}".formatted(UUID.randomUUID()));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return GatewayClient.json(made).get("id").asString();
  }

  String token(String user) {
    return token(user, "1h", "analytics");
  }

  String token(String user, String life, String scope) {
    HttpResponse<String> made =
        client.post(
            "/v1/tokens",
            "{\"user_id\":\"%s\",\"expires_in\":\"%s\",\"scopes\":[\"%s\"]}"
                .formatted(user, life, scope));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return GatewayClient.json(made).get("token").asString();
  }

  /** Ends the key that all tokens are made with, and tells no gateway. */
  void revokeKey() {
    int revoked =
        gateway
            .bean(JdbcClient.class)
            .sql("update api_key set revoked_at = now() where tenant = ?")
            .param(name)
            .update();
    assertThat(revoked).isEqualTo(1);
  }

  /** Puts something in the user's inbox, and tells nobody. */
  UUID put(String user, String message) {
    UUID id = TaskIds.next(Clock.systemUTC());
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into inbox_notification (tenant, id, user_id, message, created_at)
            values (?, ?, ?::uuid, ?, clock_timestamp())
            """)
        .params(name, id, user, message)
        .update();
    return id;
  }

  /** The same as a worker does it. */
  UUID deliver(String user, String message) {
    UUID id = put(user, message);
    tell(user, id);
    return id;
  }

  /** Says that it is there. */
  void tell(String user, UUID id) {
    byte[] news = new InboxArrival(name, UUID.fromString(user), id).toJson();
    gateway.bean(RedisConnection.class).tell(redis -> redis.publish(RedisKeys.INBOXES, news));
  }
}
