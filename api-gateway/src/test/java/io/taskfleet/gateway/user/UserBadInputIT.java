package io.taskfleet.gateway.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is refused of requests about users: the data says how, this says that nothing changes. */
class UserBadInputIT {
  private static final Path CORPUS = Path.of("src/test/resources/bad-inputs/users.jsonl");

  private static TestGateway gateway;
  private static UserCalls calls;
  private static String user;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("users_bad_input", Map.of());
    calls = UserCalls.of(gateway);
    user = calls.create("ada@example.com", "Ada");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  record Case(String name, JsonNode data) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> corpus() throws IOException {
    return Files.readAllLines(CORPUS).stream()
        .map(JsonMapper.shared()::readTree)
        .map(data -> new Case(data.get("name").asString(), data));
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void refusesAndChangesNothing(Case input) {
    String before = everything();

    HttpResponse<String> answer = calls.client().send(request(input.data()));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(input.data().get("status").asInt());
    if (input.data().has("pointer")) {
      assertThat(GatewayClient.json(answer).at("/errors").findValuesAsString("pointer"))
          .as(answer.body())
          .contains(input.data().get("pointer").asString());
    }
    if (input.data().has("code")) {
      assertThat(GatewayClient.json(answer).at("/errors").findValuesAsString("code"))
          .contains(input.data().get("code").asString());
    }
    assertThat(answer.body()).doesNotContain("Exception", "java.", "select ", "example.com");
    assertThat(everything()).isEqualTo(before);
  }

  private static HttpRequest request(JsonNode data) {
    String type = data.path("type").asString("application/json");
    return calls
        .client()
        .request(data.get("path").asString().replace("{user}", user))
        .header("Content-Type", type)
        .method(
            data.get("method").asString(), BodyPublishers.ofString(data.path("body").asString("")))
        .build();
  }

  private static String everything() {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select (select json_agg(u)::text from app_user u)
                || (select json_agg(p)::text from user_profile p)
                || (select json_agg(p)::text from user_preference p)
                || (select count(*) from user_permission) || ' ' || (select count(*) from task)
            """)
        .query(String.class)
        .single();
  }
}
