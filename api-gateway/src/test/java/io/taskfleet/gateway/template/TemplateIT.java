package io.taskfleet.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Templates over HTTP. */
class TemplateIT {
  private static final String TEMPLATES = "/v1/email-templates";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "template",
            Map.of(
                "taskfleet.email-templates.most-per-tenant", "3",
                "taskfleet.email-templates.versions", "2"));
    client = TestKeys.client(gateway, "acme", "tasks:read", "tasks:write");
    other = TestKeys.client(gateway, "other", "tasks:read", "tasks:write");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void clear() {
    gateway.bean(JdbcClient.class).sql("truncate email_template").update();
  }

  @Test
  void aTemplateIsReadBackAsItWasMadeAndEachVersionStays() {
    HttpResponse<String> made = create("order", "Order {{n}}");
    HttpResponse<String> replaced = put("order", "Order {{number}}");

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location")).contains(TEMPLATES + "/order");
    assertThat(replaced.statusCode()).as(replaced.body()).isEqualTo(200);
    assertThat(GatewayClient.json(client.get(TEMPLATES + "/order")))
        .isEqualTo(GatewayClient.json(replaced));
    assertThat(GatewayClient.json(client.get(TEMPLATES + "/order?version=1")))
        .isEqualTo(GatewayClient.json(made));
    assertThat(client.get(TEMPLATES + "/order?version=3").statusCode()).isEqualTo(404);
  }

  @Test
  void keepsTheNewestVersions() {
    create("order", "1");
    put("order", "2");
    put("order", "3");

    assertThat(client.get(TEMPLATES + "/order?version=1").statusCode()).isEqualTo(404);
    assertThat(client.get(TEMPLATES + "/order?version=2").statusCode()).isEqualTo(200);
  }

  @Test
  void oneThatWasRemovedIsGoneAndItsNumbersAreNotGivenAgain() {
    create("order", "old");
    put("order", "newer");

    assertThat(delete("order").statusCode()).isEqualTo(204);

    assertThat(delete("order").statusCode()).isEqualTo(404);
    assertThat(client.get(TEMPLATES + "/order").statusCode()).isEqualTo(404);
    assertThat(put("order", "new").statusCode()).isEqualTo(404);
    assertThat(
            gateway
                .bean(JdbcClient.class)
                .sql("select count(*) from email_template where subject <> ''")
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(GatewayClient.json(create("order", "new")).get("version").asInt()).isEqualTo(3);
  }

  @Test
  void aNameIsTakenOncePerTenantAndForeignTemplatesAreNotThere() {
    create("order", "mine");

    assertThat(create("order", "again").statusCode()).isEqualTo(409);
    assertThat(other.get(TEMPLATES + "/order").statusCode()).isEqualTo(404);
    assertThat(other.get(TEMPLATES).body()).doesNotContain("order");
    assertThat(other.post(TEMPLATES, body("order", "theirs")).statusCode()).isEqualTo(201);
    assertThat(client.get(TEMPLATES + "/order").body()).contains("mine");
  }

  @Test
  void listsByNameAndPageByPage() {
    create("b", "2");
    create("a", "1");
    put("a", "newer");
    create("c", "3");

    JsonNode first = GatewayClient.json(client.get(TEMPLATES + "?page_size=2"));
    JsonNode second =
        GatewayClient.json(
            client.get(TEMPLATES + "?page_token=" + first.get("next_page_token").asString()));

    assertThat(first.at("/templates/0/name").asString()).isEqualTo("a");
    assertThat(first.at("/templates/0/subject").asString()).isEqualTo("newer");
    assertThat(first.at("/templates/1/name").asString()).isEqualTo("b");
    assertThat(second.at("/templates/0/name").asString()).isEqualTo("c");
    assertThat(second.has("next_page_token")).isFalse();
    String token = first.get("next_page_token").asString();
    assertThat(other.get(TEMPLATES + "?page_token=" + token).statusCode()).isEqualTo(400);
    assertThat(client.get("/v1/schedules?page_token=" + token).statusCode()).isEqualTo(400);
    HttpResponse<String> full = create("d", "4");
    assertThat(full.statusCode()).isEqualTo(422);
    assertThat(full.body()).contains("LIMITS_EXCEEDED");
  }

  @Test
  void whatIsBuiltInIsThereUntilTheTenantHasItsOwn() {
    JsonNode builtIn = GatewayClient.json(client.get(TEMPLATES + "/welcome"));
    create("welcome", "Ahoy");

    assertThat(builtIn.get("built_in").asBoolean()).isTrue();
    assertThat(client.get(TEMPLATES + "/welcome").body()).contains("Ahoy");
    assertThat(other.get(TEMPLATES + "/welcome").body()).doesNotContain("Ahoy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'Order','subject':'s','text':'t'} | /name",
        "{'name':'../x','subject':'s','text':'t'} | /name",
        "{'subject':'s','text':'t'} | /name",
        "{'name':'a','subject':' ','text':'t'} | /subject",
        "{'name':'a','subject':'s\\r\\nBcc: x','text':'t'} | /subject",
        "{'name':'a','subject':'s'} | ''",
        "{'name':'a','subject':'{{','text':'t'} | /subject",
        "{'name':'a','subject':'s','text':'{{#a}}'} | /text",
        "{'name':'a','subject':'s','html':'{{{a}}}'} | /html",
        "{'name':'a','subject':'s','html':'{{> a}}'} | /html",
        "{'name':'a','subject':'s','text':'t','version':2} | /version"
      })
  void refusesWhatIsNoTemplate(String body, String pointer) {
    HttpResponse<String> refused = client.post(TEMPLATES, body.replace('\'', '"'));

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
    assertThat(GatewayClient.json(refused).at("/errors/0/pointer").asString())
        .isEqualTo(pointer.replace("''", ""));
  }

  private static HttpResponse<String> create(String name, String subject) {
    return client.post(TEMPLATES, body(name, subject));
  }

  private static HttpResponse<String> put(String name, String subject) {
    return client.send(
        client
            .request(TEMPLATES + "/" + name)
            .header("Content-Type", "application/json")
            .PUT(
                BodyPublishers.ofString(
                    "{\"subject\":\"%s\",\"text\":\"Hello\"}".formatted(subject)))
            .build());
  }

  private static HttpResponse<String> delete(String name) {
    return client.send(client.request(TEMPLATES + "/" + name).DELETE().build());
  }

  private static String body(String name, String subject) {
    return "{\"name\":\"%s\",\"subject\":\"%s\",\"html\":\"<p>Hello</p>\"}"
        .formatted(name, subject);
  }
}
