package io.taskfleet.gateway.user;

import static io.taskfleet.gateway.user.UserCalls.anyEmail;
import static io.taskfleet.gateway.user.UserCalls.body;
import static io.taskfleet.gateway.user.UserCalls.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Users from their first request to their last. */
class UserIT {
  private static TestGateway gateway;
  private static JdbcClient jdbc;
  private static UserCalls calls;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("users", Map.of());
    jdbc = gateway.bean(JdbcClient.class);
    calls = UserCalls.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void makesAUserWithItsProfileAndWhatFollows() throws RefusedJsonException {
    String email = anyEmail();

    HttpResponse<String> answer =
        calls
            .client()
            .post(
                "/v1/users",
                """
                {"email": "%s", "name": "Ada", "locale": "en-GB", "zone": "Europe/London",
                 "permissions": ["reports:read", "admin", "admin"],
                 "preferences": {"channels": ["email"], "quiet_hours": {"from": "22:00",
                     "to": "06:30"}}}
                """
                    .formatted(email));

    JsonNode user = json(answer, 201);
    String id = user.get("id").asString();
    assertThat(answer.headers().firstValue("Location")).hasValue("/v1/users/" + id);
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(user.get("status").asString()).isEqualTo("active");
    assertThat(user.has("tenant")).isFalse();
    assertThat(json(calls.get(id), 200)).isEqualTo(user);
    JsonNode profile = json(calls.get(id + "/profile"), 200);
    assertThat(profile.get("user")).isEqualTo(user);
    assertThat(profile.get("permissions").toString()).isEqualTo("[\"admin\",\"reports:read\"]");
    assertThat(profile.get("preferences")).isEqualTo(json(calls.get(id + "/preferences"), 200));
    assertThat(profile.at("/preferences/quiet_hours/to").asString()).isEqualTo("06:30");
    assertThat(profile.get("notifications").isEmpty()).isTrue();
    assertThat(profile.get("missing").isEmpty()).isTrue();
    Map<String, byte[]> due = dueTasks(id, email);
    byte[] mail = Objects.requireNonNull(due.get("email"));
    byte[] event = Objects.requireNonNull(due.get("analytics"));
    try (PayloadReader payloads = new PayloadReader()) {
      EmailPayload welcome = payloads.read(BuiltInTypes.EMAIL, mail);
      assertThat(welcome.to()).containsExactly(email);
      assertThat(welcome.template()).isEqualTo("welcome");
      assertThat(String.valueOf(welcome.variables())).isEqualTo("{\"name\":\"Ada\"}");
      assertThat(payloads.read(BuiltInTypes.ANALYTICS, event).name()).isEqualTo("user_created");
      assertThat(payloads.read(BuiltInTypes.ANALYTICS, event).userId()).isEqualTo(id);
    }
  }

  /** The payloads of the tasks that a relay would take for this user, by type. */
  private static Map<String, byte[]> dueTasks(String id, String email) {
    Map<String, byte[]> due = new HashMap<>();
    jdbc.sql(
            """
            select type, payload::text as payload from task
             where ordering_key in (:id, :email) and state = 'scheduled' and delivery = 0
               and attempt = 0 and due_at <= now() and tenant = 'default'
               and payload_hash = sha256(convert_to(payload::text, 'UTF8'))
            """)
        .param("id", id)
        .param("email", email)
        .query(
            row -> {
              due.put(row.getString("type"), row.getBytes("payload"));
            });
    return due;
  }

  @Test
  void leavesNothingWhenTheLastInsertFails() {
    String email = anyEmail();
    jdbc.sql("alter table task add constraint no_events check (type <> 'analytics') not valid")
        .update();
    try {
      HttpResponse<String> answer = calls.client().post("/v1/users", body(email, "Ada"));

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).doesNotContain("no_events", "constraint", email);
    } finally {
      jdbc.sql("alter table task drop constraint no_events").update();
    }
    assertThat(count("select count(*) from app_user where email = :it", email)).isZero();
    assertThat(count("select count(*) from task where ordering_key = :it", email)).isZero();
    assertThat(json(calls.client().post("/v1/users", body(email, "Ada")), 201)).isNotNull();
  }

  private static long count(String sql, String it) {
    return jdbc.sql(sql).param("it", it).query(Long.class).single();
  }

  @Test
  void makesOneUserOfOneIdempotencyKey() throws Exception {
    String email = anyEmail();
    String key = UUID.randomUUID().toString();
    List<Callable<String>> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(() -> calls.create(email, "Ada", "Idempotency-Key", key));
    }
    List<String> ids = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> id : threads.invokeAll(requests)) {
        ids.add(id.get());
      }
    }

    assertThat(ids).hasSize(8).containsOnly(ids.getFirst());
    assertThat(count("select count(*) from task where ordering_key = :it", email)).isEqualTo(1);
    JsonNode other =
        json(calls.client().post("/v1/users", body(email, "Eve"), "Idempotency-Key", key), 422);
    assertThat(other.get("type").asString()).isEqualTo("/problems/idempotency-key-reused");
    JsonNode elsewhere =
        json(
            UserCalls.ofTenant(gateway, "key-elsewhere")
                .client()
                .post("/v1/users", body(email, "Eve"), "Idempotency-Key", key),
            201);
    assertThat(elsewhere.get("id").asString()).isNotEqualTo(ids.getFirst());
  }

  @Test
  void refusesAnAddressThatIsTaken() {
    String email = anyEmail();
    calls.create(email, "Ada");
    String other = calls.create();

    HttpResponse<String> again =
        calls.client().post("/v1/users", body(email.toUpperCase(Locale.ROOT), "Eve"));

    assertThat(json(again, 409).get("type").asString()).isEqualTo("/problems/conflict");
    assertThat(again.body()).doesNotContain(email);
    json(calls.patch(other, "{\"email\":\"" + email + "\"}"), 409);
    assertThat(json(calls.get(other), 200).get("email").asString()).isNotEqualTo(email);
    UserCalls.ofTenant(gateway, "email-elsewhere").create(email, "Eve");
  }

  @Test
  void changesWhatAMergePatchNames() {
    String id = calls.create();
    JsonNode before = json(calls.get(id), 200);

    JsonNode patched =
        json(calls.patch(id, "{\"name\":\"Grace\",\"zone\":\"UTC\",\"locale\":\"en\"}"), 200);

    assertThat(patched.get("name").asString()).isEqualTo("Grace");
    assertThat(patched.get("email")).isEqualTo(before.get("email"));
    assertThat(json(calls.get(id), 200)).isEqualTo(patched);
    JsonNode removed = json(calls.patch(id, "{\"zone\":null,\"status\":\"inactive\"}"), 200);
    assertThat(removed.has("zone")).isFalse();
    assertThat(removed.get("locale").asString()).isEqualTo("en");
    assertThat(removed.get("status").asString()).isEqualTo("inactive");
    assertThat(json(calls.patch(id, "{}"), 200)).isEqualTo(removed);
  }

  @Test
  void deletesAUserWithAllThatBelongsToIt() {
    String id = calls.create();
    notify(id, "hello", 0);
    json(calls.get(id), 200);

    assertThat(calls.delete(id).statusCode()).isEqualTo(204);

    json(calls.get(id), 404);
    json(calls.get(id + "/profile"), 404);
    json(calls.get(id + "/preferences"), 404);
    json(calls.get(id + "/notifications"), 404);
    json(calls.patch(id, "{}"), 404);
    json(calls.delete(id), 404);
    for (String table :
        List.of("user_profile", "user_preference", "user_permission", "inbox_notification")) {
      assertThat(count("select count(*) from " + table + " where user_id::text = :it", id))
          .isZero();
    }
  }

  @Test
  void listsUsersPageByPage() {
    UserCalls tenant = UserCalls.ofTenant(gateway, "lister");
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.addFirst(tenant.create());
    }
    json(tenant.patch(made.get(1), "{\"status\":\"suspended\"}"), 200);
    json(tenant.patch(made.get(3), "{\"status\":\"suspended\"}"), 200);

    assertThat(walk(tenant, "?page_size=2")).isEqualTo(made);
    assertThat(walk(tenant, "?page_size=5")).isEqualTo(made);
    assertThat(walk(tenant, "?page_size=1&status=suspended"))
        .containsExactly(made.get(1), made.get(3));
    String token =
        json(tenant.client().get("/v1/users?page_size=2"), 200).get("next_page_token").asString();
    json(tenant.client().get("/v1/users?status=active&page_token=" + token), 400);
    json(calls.client().get("/v1/users?page_token=" + token), 400);
  }

  private static List<String> walk(UserCalls calls, String query) {
    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      JsonNode page = json(calls.client().get("/v1/users" + query + token), 200);
      page.get("users").forEach(user -> seen.add(user.get("id").asString()));
      token =
          page.has("next_page_token")
              ? "&page_token=" + page.get("next_page_token").asString()
              : "";
    } while (!token.isEmpty());
    return seen;
  }

  @Test
  void replacesPreferencesAndPermissions() {
    String id = calls.create();
    assertThat(json(calls.get(id + "/preferences"), 200).get("channels").toString())
        .isEqualTo("[\"in_app\",\"email\"]");

    JsonNode put =
        json(
            calls.put(
                id + "/preferences",
                """
                {"channels": ["webhook", "email"], "locale": "de-CH",
                 "quiet_hours": {"from": "22:00", "to": "07:00", "zone": "Europe/Zurich"}}
                """),
            200);

    assertThat(json(calls.get(id + "/preferences"), 200)).isEqualTo(put);
    assertThat(put.at("/quiet_hours/zone").asString()).isEqualTo("Europe/Zurich");
    JsonNode silent = json(calls.put(id + "/preferences", "{\"channels\":[]}"), 200);
    assertThat(silent.get("channels").isEmpty()).isTrue();
    assertThat(silent.has("quiet_hours")).isFalse();
    json(calls.put(id + "/permissions", "{\"permissions\":[\"b\",\"a\"]}"), 200);
    json(calls.put(id + "/permissions", "{\"permissions\":[\"c\",\"a\",\"a\"]}"), 200);
    assertThat(json(calls.get(id + "/profile"), 200).get("permissions").toString())
        .isEqualTo("[\"a\",\"c\"]");
    json(calls.put(UUID.randomUUID() + "/preferences", "{\"channels\":[]}"), 404);
    json(calls.put(UUID.randomUUID() + "/permissions", "{\"permissions\":[]}"), 404);
  }

  @Test
  void keepsAnInbox() {
    String id = calls.create();
    for (int i = 0; i < 3; i++) {
      notify(id, "message " + i, i);
    }

    JsonNode first = json(calls.get(id + "/notifications?page_size=2"), 200);

    assertThat(first.at("/notifications/0/message").asString()).isEqualTo("message 2");
    assertThat(first.at("/notifications/0/data/n").asInt()).isEqualTo(2);
    String newest = first.at("/notifications/0/id").asString();
    JsonNode second =
        json(
            calls.get(id + "/notifications?page_token=" + first.get("next_page_token").asString()),
            200);
    assertThat(second.get("notifications").size()).isEqualTo(1);
    JsonNode read = json(markRead(calls, id, newest), 200);
    assertThat(read.has("read_at")).isTrue();
    assertThat(json(markRead(calls, id, newest), 200)).isEqualTo(read);
    assertThat(json(calls.get(id + "/notifications?unread=true"), 200).get("notifications").size())
        .isEqualTo(2);
    assertThat(json(calls.get(id + "/profile"), 200).get("notifications").size()).isEqualTo(2);
    json(markRead(calls, calls.create(), newest), 404);
  }

  private static HttpResponse<String> markRead(UserCalls calls, String user, String id) {
    return calls.client().post("/v1/users/" + user + "/notifications/" + id + "/read", "");
  }

  private static void notify(String user, String message, int n) {
    jdbc.sql(
            """
            insert into inbox_notification (tenant, id, user_id, message, data, created_at)
            values ('default', gen_random_uuid(), :user::uuid, :message, :data::json,
                now() + make_interval(secs => :n))
            """)
        .param("user", user)
        .param("message", message)
        .param("data", "{\"n\":" + n + "}")
        .param("n", n)
        .update();
  }

  @Test
  void changesTheStatusOfMany() {
    UserCalls tenant = UserCalls.ofTenant(gateway, "bulk");
    List<String> ids = List.of(tenant.create(), tenant.create(), tenant.create());
    ids.forEach(id -> json(tenant.get(id), 200));
    String two = "[\"" + ids.get(0) + "\",\"" + ids.get(1) + "\"]";

    JsonNode byIds = json(tenant.setStatus("{\"ids\":" + two + ",\"status\":\"suspended\"}"), 200);

    assertThat(byIds.get("updated").asInt()).isEqualTo(2);
    assertThat(statuses(tenant, ids)).containsExactly("suspended", "suspended", "active");
    String filter =
        """
        {"filter": {"status": "suspended", "created_after": "2020-01-01T00:00:00Z"},
         "status": "inactive"}
        """;
    assertThat(json(tenant.setStatus(filter), 200).get("updated").asInt()).isEqualTo(2);
    assertThat(json(tenant.setStatus(filter), 200).get("updated").asInt()).isZero();
    assertThat(statuses(tenant, ids)).containsExactly("inactive", "inactive", "active");
    String foreign = "{\"ids\":" + two + ",\"status\":\"active\"}";
    assertThat(json(calls.setStatus(foreign), 200).get("updated").asInt()).isZero();
  }

  private static List<String> statuses(UserCalls calls, List<String> ids) {
    return ids.stream().map(id -> json(calls.get(id), 200).get("status").asString()).toList();
  }

  @Test
  void hidesEverythingFromAnotherTenant() {
    String id = calls.create();
    notify(id, "hello", 0);
    json(calls.get(id), 200);
    String notification =
        json(calls.get(id + "/notifications"), 200).at("/notifications/0/id").asString();
    UserCalls stranger = UserCalls.ofTenant(gateway, "stranger");

    json(stranger.get(id), 404);
    json(stranger.get(id + "/profile"), 404);
    json(stranger.get(id + "/preferences"), 404);
    json(stranger.get(id + "/notifications"), 404);
    json(markRead(stranger, id, notification), 404);
    json(stranger.patch(id, "{\"name\":\"Eve\"}"), 404);
    json(stranger.put(id + "/preferences", "{\"channels\":[]}"), 404);
    json(stranger.put(id + "/permissions", "{\"permissions\":[]}"), 404);
    json(stranger.delete(id), 404);
    assertThat(json(stranger.client().get("/v1/users"), 200).get("users").isEmpty()).isTrue();
    JsonNode user = json(calls.get(id), 200);
    assertThat(user.get("name").asString()).isEqualTo("Ada");
    assertThat(json(calls.get(id + "/notifications?unread=true"), 200).get("notifications").size())
        .isEqualTo(1);
  }
}
