package io.taskfleet.gateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.secret.SealKeys;
import io.taskfleet.secret.Sealed;
import io.taskfleet.secret.SigningKeyPlace;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/** Webhook endpoints over HTTP. Nobody calls them here. */
class EndpointIT {
  private static final String ENDPOINTS = "/v1/webhook-endpoints";
  private static final String URL = "https://hooks.example.com/orders";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;
  private static JdbcClient database;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "endpoint",
            Map.of(
                "taskfleet.webhook-endpoints.most-per-tenant", "8",
                "taskfleet.webhook-endpoints.most-per-user", "2"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = TestKeys.client(gateway, "other", "tasks:read", "tasks:write", "users");
    database = gateway.bean(JdbcClient.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void clear() {
    database.sql("truncate webhook_endpoint cascade").update();
  }

  @Test
  void tellsTheSecretOnceAndStoresItSealed() throws Exception {
    HttpResponse<String> made =
        client.post(ENDPOINTS, "{\"url\":\"%s\",\"description\":\"orders\"}".formatted(URL));

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode endpoint = GatewayClient.json(made);
    String id = endpoint.get("id").asString();
    String secret = endpoint.get("secret").asString();
    assertThat(secret).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(made.headers().firstValue("Location")).contains(ENDPOINTS + "/" + id);
    assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
    HttpResponse<String> read = client.get(ENDPOINTS + "/" + id);
    assertThat(read.body()).contains(URL, "orders").doesNotContain("secret", "whsec", "sealed");
    assertThat(client.get(ENDPOINTS).body()).contains(id).doesNotContain("secret", "whsec");
    assertThat(GatewayClient.json(read).get("enabled").asBoolean()).isTrue();
    assertThat(rowsAsText()).doesNotContain(secret, secret.substring(6)).contains("test");
    assertThat(opened(UUID.fromString(id))).containsExactly(secret);
  }

  @Test
  void aRotationLetsBothKeysSignUntilTheOldOneExpires() throws Exception {
    JsonNode made = register("{\"url\":\"%s\"}".formatted(URL));
    String id = made.get("id").asString();

    JsonNode rotated = rotate(id, "{\"overlap\":\"2h\"}");

    assertThat(rotated.get("secret").asString()).isNotEqualTo(made.get("secret").asString());
    JsonNode keys = read(id).get("signing_keys");
    assertThat(keys.size()).isEqualTo(2);
    assertThat(keys.get(0).has("expires_at")).isFalse();
    assertThat(Instant.parse(keys.get(1).get("expires_at").asString()))
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(119)), Instant.now().plus(Duration.ofHours(2)));
    assertThat(keys.get(1).get("id")).isEqualTo(made.at("/signing_keys/0/id"));
    assertThat(opened(UUID.fromString(id)))
        .containsExactlyInAnyOrder(made.get("secret").asString(), rotated.get("secret").asString());
  }

  @Test
  void aKeyThatLeakedIsGoneAtOnce() throws Exception {
    String id = register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString();
    rotate(id, "{}");

    JsonNode rotated = rotate(id, "{\"overlap\":\"0s\"}");

    assertThat(read(id).get("signing_keys").size()).isEqualTo(1);
    assertThat(opened(UUID.fromString(id))).containsExactly(rotated.get("secret").asString());
  }

  @Test
  void soManyKeysSignAndNoMore() {
    String id = register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString();
    for (int i = 0; i < 4; i++) {
      rotate(id, "{}");
    }

    assertThat(client.post(ENDPOINTS + "/" + id + "/rotate", "{}").statusCode()).isEqualTo(409);
    assertThat(read(id).get("signing_keys").size()).isEqualTo(5);
    assertThat(rotate(id, "{\"overlap\":\"0s\"}").get("signing_keys").size()).isEqualTo(1);
  }

  @Test
  void saysWhyAndSinceWhenAnEndpointIsNotCalled() {
    String id = register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString();
    database
        .sql(
            """
            update webhook_endpoint set failing_since = '2026-11-20T10:00:00Z',
                last_failure = 'HTTP 410', disabled_at = '2026-11-21T10:00:00Z',
                disabled_because = 'gone'
            """)
        .update();

    JsonNode read = read(id);

    assertThat(read.get("enabled").asBoolean()).isFalse();
    assertThat(read.at("/disabled/at").asString()).isEqualTo("2026-11-21T10:00:00Z");
    assertThat(read.at("/disabled/because").asString()).isEqualTo("gone");
    assertThat(read.at("/failing/since").asString()).isEqualTo("2026-11-20T10:00:00Z");
    assertThat(read.at("/failing/last").asString()).isEqualTo("HTTP 410");
    assertThat(changed(id, "{\"description\":\"x\"}").at("/disabled/because").asString())
        .isEqualTo("gone");
    JsonNode enabled = changed(id, "{\"enabled\":true}");
    assertThat(enabled.get("enabled").asBoolean()).isTrue();
    assertThat(enabled.has("failing")).isFalse();
    assertThat(changed(id, "{\"enabled\":false}").at("/disabled/because").asString())
        .isEqualTo("owner");
  }

  @Test
  void anotherUrlHasNotFailedYet() {
    String id = register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString();
    database
        .sql("update webhook_endpoint set failing_since = now(), last_failure = 'HTTP 500'")
        .update();

    assertThat(changed(id, "{\"description\":\"x\"}").has("failing")).isTrue();
    JsonNode changed = changed(id, "{\"url\":\"https://hooks.example.com/new\"}");
    assertThat(changed.has("failing")).isFalse();
    assertThat(changed.get("description").asString()).isEqualTo("x");
    assertThat(changed(id, "{\"description\":null}").has("description")).isFalse();
  }

  @Test
  void canBelongToAUserOfItsTenant() {
    String user = user(client, "ada");
    String foreign = user(other, "eve");

    JsonNode made = register("{\"url\":\"%s\",\"user_id\":\"%s\"}".formatted(URL, user));

    assertThat(made.get("user_id").asString()).isEqualTo(user);
    assertThat(refusal("{\"url\":\"%s\",\"user_id\":\"%s\"}".formatted(URL, foreign)))
        .isEqualTo("/user_id VALIDATION_FAILED");
    register("{\"url\":\"%s\",\"user_id\":\"%s\"}".formatted(URL, user));
    assertThat(refusal("{\"url\":\"%s\",\"user_id\":\"%s\"}".formatted(URL, user)))
        .isEqualTo("/user_id LIMITS_EXCEEDED");
    assertThat(changed(made.get("id").asString(), "{\"user_id\":null}").has("user_id")).isFalse();
    client.send(client.request("/v1/users/" + user).DELETE().build());
    assertThat(GatewayClient.json(client.get(ENDPOINTS)).get("endpoints").size()).isEqualTo(1);
  }

  @Test
  void aUserWhoIsDeletedMeanwhileWasNotThere() throws Exception {
    String id = register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString();
    for (UnaryOperator<String> call :
        List.<UnaryOperator<String>>of(
            user -> refusal("{\"url\":\"%s\",\"user_id\":\"%s\"}".formatted(URL, user)),
            user -> refusal(change(id, "{\"user_id\":\"%s\"}".formatted(user))))) {
      String user = user(client, "ada");

      assertThat(whileIsDeleted(user, call)).isEqualTo("/user_id VALIDATION_FAILED");
    }
    assertThat(GatewayClient.json(client.get(ENDPOINTS)).get("endpoints").size()).isEqualTo(1);
    assertThat(read(id).has("user_id")).isFalse();
  }

  private static String whileIsDeleted(String user, UnaryOperator<String> call) throws Exception {
    Future<String> answer =
        gateway
            .bean(TransactionOperations.class)
            .execute(
                _ -> {
                  database.sql("delete from app_user where id = ?::uuid").param(user).update();
                  Future<String> waiting =
                      CompletableFuture.supplyAsync(
                          () -> call.apply(user), Thread::startVirtualThread);
                  await().until(EndpointIT::somebodyWaitsForALock);
                  return waiting;
                });
    return Objects.requireNonNull(answer).get(20, TimeUnit.SECONDS);
  }

  private static boolean somebodyWaitsForALock() {
    return database
        .sql(
            """
            select exists (select from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock')
            """)
        .query(Boolean.class)
        .single();
  }

  @Test
  void aTenantMayHaveSoManyAndPagesGoThroughThem() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      made.addFirst(register("{\"url\":\"%s\"}".formatted(URL)).get("id").asString());
    }

    assertThat(refusal("{\"url\":\"%s\"}".formatted(URL))).isEqualTo(" LIMITS_EXCEEDED");
    assertThat(GatewayClient.json(other.get(ENDPOINTS)).get("endpoints").size()).isZero();
    List<String> listed = new ArrayList<>();
    String query = "?page_size=3";
    String token;
    do {
      JsonNode page = GatewayClient.json(client.get(ENDPOINTS + query));
      page.get("endpoints").forEach(each -> listed.add(each.get("id").asString()));
      token = page.path("next_page_token").asString("");
      query = "?page_size=3&page_token=" + token;
    } while (!token.isEmpty());
    assertThat(listed).containsExactlyElementsOf(made);
    String first = nextPage(client.get(ENDPOINTS + "?page_size=3"));
    assertThat(other.get(ENDPOINTS + "?page_token=" + first).statusCode()).isEqualTo(400);
  }

  private static String nextPage(HttpResponse<String> page) {
    return GatewayClient.json(page).get("next_page_token").asString();
  }

  @Test
  void saysInTheAuditLogWhoChangedWhatAndNoSecrets() {
    String id =
        register("{\"url\":\"https://hooks.example.com/T0KEN?sig=T0KEN\"}").get("id").asString();
    changed(id, "{\"url\":\"https://evil.example.com/T0KEN\",\"enabled\":false}");
    changed(id, "{\"enabled\":false}");
    String key = rotate(id, "{\"overlap\":\"1h\"}").at("/signing_keys/0/id").asString();
    assertThat(remove(other, id)).isEqualTo(404);
    assertThat(remove(client, id)).isEqualTo(204);

    assertThat(audited(id))
        .containsExactly(
            "webhook_endpoint.create {\"host\": \"hooks.example.com\"}",
            "webhook_endpoint.change {\"host\": \"evil.example.com\", \"fields\": [\"url\", \"enabled\"]}",
            "webhook_endpoint.rotate {\"key\": \"%s\", \"overlap\": \"PT1H\"}".formatted(key),
            "webhook_endpoint.delete {}");
  }

  private static List<String> audited(String id) {
    return database
        .sql(
            """
            select action || ' ' || detail::jsonb from audit_log
             where tenant = 'default' and subject = ? and actor like 'key:%' order by at, id
            """)
        .param(id)
        .query(String.class)
        .list();
  }

  private static int remove(GatewayClient by, String id) {
    return by.send(by.request(ENDPOINTS + "/" + id).DELETE().build()).statusCode();
  }

  private static JsonNode register(String body) {
    HttpResponse<String> made = client.post(ENDPOINTS, body);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return GatewayClient.json(made);
  }

  private static String refusal(String body) {
    return refusal(client.post(ENDPOINTS, body));
  }

  private static String refusal(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    JsonNode error = GatewayClient.json(answer).at("/errors/0");
    return error.get("pointer").asString() + ' ' + error.get("code").asString();
  }

  private static JsonNode rotate(String id, String body) {
    HttpResponse<String> answer = client.post(ENDPOINTS + "/" + id + "/rotate", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer);
  }

  private static JsonNode read(String id) {
    return GatewayClient.json(client.get(ENDPOINTS + "/" + id));
  }

  private static JsonNode changed(String id, String patch) {
    HttpResponse<String> answer = change(id, patch);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer);
  }

  private static HttpResponse<String> change(String id, String patch) {
    return client.send(
        client
            .request(ENDPOINTS + "/" + id)
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", BodyPublishers.ofString(patch))
            .build());
  }

  private static String user(GatewayClient by, String name) {
    HttpResponse<String> made =
        by.post(
            "/v1/users",
            "{\"email\":\"%s-%s@example.com\",\"name\":\"A\"}".formatted(name, UUID.randomUUID()));
    return GatewayClient.json(made).get("id").asString();
  }

  private static String rowsAsText() {
    return database
        .sql(
            """
            select string_agg(row_to_json(k)::text || encode(sealed, 'escape'), ' ')
              from webhook_signing_key as k
            """)
        .query(String.class)
        .single();
  }

  /** The secrets as a worker reads them that has the same key. */
  private static List<String> opened(UUID endpoint) throws Exception {
    SealKeys keys = gateway.bean(SealKeys.class);
    List<String> secrets = new ArrayList<>();
    record Row(String tenant, UUID id, Sealed sealed) {}
    List<Row> rows =
        database
            .sql(
                """
                select * from webhook_signing_key
                 where endpoint_id = ? and (expires_at is null or expires_at > now())
                """)
            .param(endpoint)
            .query(
                (row, _) ->
                    new Row(
                        row.getString("tenant"),
                        row.getObject("id", UUID.class),
                        new Sealed(row.getString("sealed_with"), row.getBytes("sealed"))))
            .list();
    for (Row row : rows) {
      secrets.add(
          keys.open(
              row.sealed(), new SigningKeyPlace(row.tenant(), endpoint, row.id()).toString()));
    }
    return secrets;
  }
}
