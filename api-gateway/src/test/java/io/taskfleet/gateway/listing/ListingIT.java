package io.taskfleet.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A few tasks, listed and exported in every way. */
class ListingIT {
  private static final int TASKS = 25;

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;

  @BeforeAll
  static void start() {
    // Of so few tasks a page looks at fewer still.
    gateway = TestGateway.onSharedServers("listing", Map.of("taskfleet.listing.look", "201"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = TestKeys.client(gateway, "other", "tasks:read");
    insert("default", TASKS);
    insert("other", 3);
    // Beyond one look, and older than all the others.
    insert("many", 450);
  }

  /** Three of the same time each, in the order of their numbers. */
  private static void insert(String tenant, int tasks) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, result, error_code, error_class, error_detail, tags, worker,
                created_at, finished_at)
            select gen_random_uuid(), :tenant, case when i % 2 = 0 then 'email' else 'analytics' end,
                'normal', '=key ' || i, case when i % 5 = 0 then 'dead' else 'succeeded' end, 1, 1,
                json_build_object('number', i), '', '{"ok":true}',
                case when i % 5 = 0 then 'REJECTED' end, case when i % 5 = 0 then 'permanent' end,
                case when i % 5 = 0 then 'no "such", user' end,
                case when i % 4 = 0 then 'spring,n' || i end, 'w',
                timestamptz '2026-01-01 00:00:00.123456Z' + i / 3 * interval '1 minute', now()
              from generate_series(1, :tasks) as i
            """)
        .param("tenant", tenant)
        .param("tasks", tasks)
        .update();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void listsNewestFirstEachTaskOnceOverAllPages() {
    List<JsonNode> all = allPages(client, "page_size=4");

    assertThat(all).hasSize(TASKS);
    assertThat(all.stream().map(task -> task.get("id").asString())).doesNotHaveDuplicates();
    assertThat(all.stream().map(task -> task.get("created_at").asString()))
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(GatewayClient.json(client.get("/v1/tasks")).get("items").size()).isEqualTo(TASKS);
  }

  @Test
  void showsATaskAsItIsReadAloneButForItsBodies() {
    JsonNode task = allPages(client, "key=" + encoded("=key 20")).getFirst();

    assertThat(task.get("state").asString()).isEqualTo("dead");
    assertThat(task.at("/error/class").asString()).isEqualTo("permanent");
    assertThat(task.get("tags").toString()).isEqualTo("[\"spring\",\"n20\"]");
    assertThat(task.at("/links/self").asString())
        .isEqualTo("/v1/tasks/" + task.get("id").asString());
    assertThat(task.has("payload") || task.has("result") || task.has("tenant")).isFalse();
  }

  @Test
  void filters() {
    assertThat(allPages(client, "state=dead")).hasSize(5);
    assertThat(allPages(client, "state=succeeded")).hasSize(20);
    assertThat(allPages(client, "state=queued")).isEmpty();
    assertThat(allPages(client, "type=email")).hasSize(12);
    assertThat(allPages(client, "tag=spring&page_size=2")).hasSize(6);
    assertThat(allPages(client, "tag=n8")).hasSize(1);
    assertThat(allPages(client, "key=" + encoded("=key 7"))).hasSize(1);
    assertThat(allPages(client, "state=dead&type=email&tag=spring")).hasSize(1);
    assertThat(
            allPages(
                client, "from=2026-01-01T00:01:00.123456Z&to=2026-01-01T01:02:00.123456%2B01:00"))
        .hasSize(3);
  }

  @Test
  void goesOnPastTasksThatDoNotMatchWithoutLookingAtAllOfThemAtOnce() {
    GatewayClient many = TestKeys.client(gateway, "many", "tasks:read");

    JsonNode first = GatewayClient.json(many.get("/v1/tasks?key=" + encoded("=key 1")));

    assertThat(first.get("items").size()).isZero();
    assertThat(first.has("next_page_token")).isTrue();
    assertThat(allPages(many, "key=" + encoded("=key 1"))).hasSize(1);
    assertThat(allPages(many, "page_size=200")).hasSize(450);
  }

  @Test
  void showsNobodyTheTasksOfAnotherTenant() {
    assertThat(allPages(other, "page_size=2")).hasSize(3);
    assertThat(other.get("/v1/tasks/export").body().lines().count()).isEqualTo(3);
    HttpResponse<String> stolen = other.get("/v1/tasks?page_token=" + token(client, ""));
    assertThat(stolen.statusCode()).isEqualTo(400);
    assertThat(GatewayClient.json(stolen).at("/errors/0/pointer").asString())
        .isEqualTo("/page_token");
  }

  @Test
  void takesATokenOnlyForTheListingItIsOf() {
    String token = token(client, "&type=email");

    assertThat(client.get("/v1/tasks?type=email&page_size=7&page_token=" + token).statusCode())
        .isEqualTo(200);
    for (String query : List.of("", "&type=analytics", "&type=email&state=dead")) {
      assertThat(client.get("/v1/tasks?page_token=" + token + query).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void exportsLinesOfJsonWithBodies() {
    HttpResponse<String> answer = client.get("/v1/tasks/export?state=dead");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"tasks.ndjson\"");
    assertThat(answer.headers().firstValue("X-Process-Time")).isPresent();
    List<JsonNode> lines = answer.body().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.getFirst().at("/payload/number").asInt()).isEqualTo(25);
    assertThat(lines.getFirst().at("/result/ok").asBoolean()).isTrue();
  }

  @Test
  void exportsCsvThatNoSpreadsheetRuns() {
    HttpResponse<String> answer = client.get("/v1/tasks/export?format=csv&tag=n20");

    assertThat(answer.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
    String[] rows = answer.body().split("\r\n");
    assertThat(rows).hasSize(2);
    assertThat(rows[0]).startsWith("id,type,state,priority,key,");
    assertThat(rows[1])
        .contains(",email,dead,normal,'=key 20,1,,spring n20,,REJECTED,permanent,")
        .contains(",\"no \"\"such\"\", user\",2026-01-01T00:06:00.123456Z,");
  }

  @Test
  void exportsNothingAsAnEmptyFile() {
    assertThat(client.get("/v1/tasks/export?tag=none").body()).isEmpty();
    assertThat(client.get("/v1/tasks/export?tag=none&format=csv").body().split("\r\n")).hasSize(1);
  }

  @Test
  void asksForTheScope() {
    GatewayClient writer = TestKeys.client(gateway, "default", "tasks:write");

    assertThat(writer.get("/v1/tasks").statusCode()).isEqualTo(403);
    assertThat(writer.get("/v1/tasks/export").statusCode()).isEqualTo(403);
  }

  private static String token(GatewayClient of, String query) {
    return GatewayClient.json(of.get("/v1/tasks?page_size=2" + query))
        .get("next_page_token")
        .asString();
  }

  private static List<JsonNode> allPages(GatewayClient of, String query) {
    List<JsonNode> all = new ArrayList<>();
    String token = "";
    while (true) {
      HttpResponse<String> answer = of.get("/v1/tasks?" + query + token);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode page = GatewayClient.json(answer);
      page.get("items").forEach(all::add);
      if (!page.has("next_page_token")) {
        return all;
      }
      token = "&page_token=" + page.get("next_page_token").asString();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
