package io.taskfleet.gateway.user;

import static io.taskfleet.gateway.user.UserCalls.anyEmail;
import static io.taskfleet.gateway.user.UserCalls.body;
import static io.taskfleet.gateway.user.UserCalls.cache;
import static io.taskfleet.gateway.user.UserCalls.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.AtOnce;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Redis and Postgres go away and come back. */
class UserOutageIT {
  // What Redis may cost a call, and the test's own time on a busy machine.
  private static final Duration BRIEF = Duration.ofMillis(200 + 300);

  private static LocalStack servers;
  private static String database;
  private static TestGateway gateway;
  private static TestGateway other;
  private static UserCalls calls;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    database = BreakableLocalStack.createDatabase("user_outage");
    // As many as any test here asks for at once, so that each of them comes as far as Postgres.
    gateway = TestGateway.start(servers, database, Map.of("taskfleet.users.queries-at-once", "16"));
    other = TestGateway.start(servers, database, Map.of());
    calls = UserCalls.of(gateway);
  }

  @AfterAll
  static void stop() {
    other.close();
    gateway.close();
  }

  @Test
  void readsAndChangesWithoutRedis() {
    String id = calls.create();
    String untouched = calls.create();
    warm(id);
    servers.redis().kill();
    try {
      for (int i = 0; i < 20; i++) {
        long asked = System.nanoTime();
        json(calls.patch(id, "{\"name\":\"Name " + i + "\"}"), 200);
        assertThat(json(calls.get(id), 200).get("name").asString()).isEqualTo("Name " + i);
        json(calls.get(untouched), 200);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(BRIEF.multipliedBy(3));
      }
      json(UserCalls.of(gateway).client().post("/v1/users", body(anyEmail(), "Ada")), 201);
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(json(UserCalls.of(other).get(id), 200).get("name").asString())
                      .isEqualTo("Name 19"));
    } finally {
      servers.redis().start();
    }
    warm(id);
    assertThat(json(calls.get(id), 200).get("name").asString()).isEqualTo("Name 19");
  }

  @Test
  void readsCachedUsersWithoutPostgresAndRefusesTheRest() {
    String known = calls.create();
    String unknown = calls.create();
    warm(known);
    servers.postgres().kill();
    try {
      // Longer than the near cache remembers: Redis knows too.
      long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      Awaitility.await()
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                HttpResponse<String> answer = calls.get(known);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(cache(answer)).isEqualTo("hit");
                return System.nanoTime() > until;
              });
      JsonNode profile = json(calls.get(known + "/profile"), 200);
      assertThat(profile.get("missing").toString())
          .isEqualTo("[\"permissions\",\"preferences\",\"notifications\"]");
      AtOnce.assertUnavailable(
          List.of(
              () -> calls.get(unknown),
              () -> calls.get(unknown + "/profile"),
              () -> calls.patch(known, "{\"name\":\"New\"}"),
              () -> calls.setStatus("{\"filter\":{\"status\":\"active\"},\"status\":\"inactive\"}"),
              () -> calls.client().post("/v1/users", body(anyEmail(), "Ada")),
              () -> calls.importLines(body(anyEmail(), "Ada")),
              () -> calls.client().get("/v1/users")));
      assertThat(isInRedis(known)).isTrue();
    } finally {
      servers.postgres().start();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> calls.get(unknown).statusCode() == 200);
    assertThat(json(calls.get(known), 200).get("name").asString()).isEqualTo("Ada");
  }

  @Test
  void saysWhichPartOfAProfileIsMissing() throws SQLException {
    String id = calls.create();
    warm(id);
    String uncached = calls.create();
    try (Connection connection =
        DriverManager.getConnection(database, servers.jdbcUser(), servers.jdbcPassword())) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("lock table inbox_notification in exclusive mode");
      assertThat(json(calls.get(id + "/profile"), 200).get("missing").isEmpty()).isTrue();
      connection
          .createStatement()
          .execute("lock table inbox_notification in access exclusive mode");

      long asked = System.nanoTime();
      JsonNode late = json(calls.get(id + "/profile"), 200);

      assertThat(Duration.ofNanos(System.nanoTime() - asked))
          .isBetween(Duration.ofMillis(900), Duration.ofMillis(1_800));
      assertThat(late.get("missing").toString()).isEqualTo("[\"notifications\"]");
      assertThat(late.has("notifications")).isFalse();
      assertThat(late.at("/user/id").asString()).isEqualTo(id);
      assertThat(late.has("permissions")).isTrue();
      connection.createStatement().execute("lock table app_user in access exclusive mode");
      HttpResponse<String> nobody = calls.get(uncached + "/profile");
      assertThat(nobody.statusCode()).isEqualTo(503);
      connection.rollback();
      connection.createStatement().execute("alter table user_preference rename to elsewhere");
      connection.commit();
      assertThat(json(calls.get(id + "/profile"), 200).get("missing").toString())
          .isEqualTo("[\"preferences\"]");
      connection.createStatement().execute("alter table elsewhere rename to user_preference");
      connection.commit();
    }
    json(calls.get(UUID.randomUUID() + "/profile"), 404);
    Awaitility.await().until(() -> json(calls.get(id + "/profile"), 200).get("missing").isEmpty());
  }

  // A change leaves the user out of the cache for a while.
  private static void warm(String id) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> calls.get(id).statusCode() == 200 && isInRedis(id));
  }

  private static boolean isInRedis(String id) {
    return gateway
        .bean(SharedCache.class)
        .look("default", UUID.fromString(id))
        .user()
        .filter(user -> new String(user.json(), UTF_8).contains(id))
        .isPresent();
  }
}
