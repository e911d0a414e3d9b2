package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tokens over HTTP. */
class TokenIT {
  private static final String EVENT = "{\"name\":\"a\"}";
  private static final String READER =
      "{\"user_id\":\"ada\",\"expires_in\":\"5m\",\"scopes\":[\"tasks:read\",\"users\"]}";

  private static TestGateway gateway;
  private static GatewayClient owner;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("token", Map.of());
    owner = new GatewayClient(gateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void letsAUserDoWhatTheTokenSaysAndNoMore() {
    HttpResponse<String> answer = owner.post("/v1/tokens", READER);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    JsonNode token = GatewayClient.json(answer);
    assertThat(token.get("token_type").asString()).isEqualTo("Bearer");
    assertThat(token.get("expires_at").asString()).endsWith("Z");
    GatewayClient user = user(answer);
    String id = GatewayClient.json(owner.post("/v1/analytics/events", EVENT)).get("id").asString();
    assertThat(user.get("/v1/tasks/" + id).statusCode()).isEqualTo(200);
    assertThat(user.post("/v1/analytics/events", EVENT).statusCode()).isEqualTo(403);
    assertThat(user.post("/v1/tokens", READER).statusCode()).isEqualTo(403);
  }

  @Test
  void givesNoScopeThatTheKeyLacks() {
    GatewayClient client = TestKeys.client(gateway, "default", Scope.USERS);

    HttpResponse<String> answer = client.post("/v1/tokens", READER);

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(GatewayClient.json(answer).at("/errors/0/pointer").asString())
        .isEqualTo("/scopes/0");
  }

  @Test
  void hidesTheTasksOfOtherTenants() {
    String id = GatewayClient.json(owner.post("/v1/analytics/events", EVENT)).get("id").asString();
    GatewayClient other = TestKeys.client(gateway, "other", Scope.USERS, Scope.TASKS_READ);

    GatewayClient user = user(other.post("/v1/tokens", READER));

    assertThat(user.get("/v1/tasks/" + id).statusCode()).isEqualTo(404);
  }

  @Test
  void countsAgainstTheLimitOfTheKey() {
    HttpResponse<String> answer = owner.post("/v1/tokens", READER);

    HttpResponse<String> used = user(answer).get("/v1/tasks/" + UUID.randomUUID());

    assertThat(used.headers().firstValue("RateLimit-Policy").orElse("")).startsWith("\"key\";");
  }

  @Test
  void refusesATokenThatIsNotOurs() {
    String unsigned =
        new PlainJWT(
                new JWTClaimsSet.Builder()
                    .issuer("taskfleet")
                    .audience("taskfleet")
                    .subject("ada")
                    .claim("tenant", "default")
                    .claim("scope", "tasks:read")
                    .build())
            .serialize();

    HttpResponse<String> answer =
        new GatewayClient(gateway.url(), unsigned).get("/v1/tasks/" + UUID.randomUUID());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"taskfleet\", error=\"invalid_token\"");
    String good = GatewayClient.json(owner.post("/v1/tokens", READER)).get("token").asString();
    assertThat(
            new GatewayClient(gateway.url(), "")
                .get("/v1/tasks/" + UUID.randomUUID() + "?access_token=" + good)
                .statusCode())
        .isEqualTo(401);
  }

  private static GatewayClient user(HttpResponse<String> answer) {
    return new GatewayClient(gateway.url(), GatewayClient.json(answer).get("token").asString());
  }
}
