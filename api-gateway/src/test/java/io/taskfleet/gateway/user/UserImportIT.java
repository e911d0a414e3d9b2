package io.taskfleet.gateway.user;

import static io.taskfleet.gateway.user.UserCalls.anyEmail;
import static io.taskfleet.gateway.user.UserCalls.body;
import static io.taskfleet.gateway.user.UserCalls.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Imports of users. */
class UserImportIT {
  private static TestGateway gateway;
  private static UserCalls calls;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "users_import", Map.of("taskfleet.users.imports.lines", "30000"));
    calls = UserCalls.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void importsTwentyThousandLinesOfWhichOnePercentIsBad() {
    UserCalls tenant = UserCalls.ofTenant(gateway, "importer");
    int lines = 20_000;
    StringBuilder text = new StringBuilder();
    List<Integer> bad = new ArrayList<>();
    for (int i = 1; i <= lines; i++) {
      if (i % 100 == 50) {
        bad.add(i);
        text.append(badLine(bad.size())).append('\n');
      } else {
        text.append(body("u" + i + "@example.com", "User " + i)).append('\n');
      }
    }
    byte[] bytes = text.toString().getBytes(UTF_8);

    long began = System.nanoTime();
    JsonNode outcome =
        json(
            tenant.importLines(
                // Of unknown length, so that it is sent in chunks.
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
                "",
                "Idempotency-Key",
                "the import"),
            200);
    Duration took = Duration.ofNanos(System.nanoTime() - began);

    System.out.printf(
        "%d lines imported in %d ms, %.0f a second%n",
        lines, took.toMillis(), lines * 1e9 / took.toNanos());
    assertThat(outcome.get("lines").asInt()).isEqualTo(lines);
    assertThat(outcome.get("created").asInt()).isEqualTo(lines - bad.size());
    assertThat(outcome.get("refused").asInt()).isEqualTo(bad.size());
    assertThat(outcome.get("errors").findValuesAsString("line"))
        .isEqualTo(bad.stream().map(String::valueOf).toList());
    assertThat(outcome.at("/errors/0/errors/0/pointer").asString()).isEqualTo("/email");
    assertThat(count("app_user")).isEqualTo(lines - bad.size());
    assertThat(count("user_profile")).isEqualTo(lines - bad.size());
    assertThat(count("user_preference")).isEqualTo(lines - bad.size());
    assertThat(count("task where type = 'analytics' and tenant")).isEqualTo(lines - bad.size());
    assertThat(count("task where type = 'email' and tenant")).isZero();

    JsonNode again =
        json(
            tenant.importLines(
                BodyPublishers.ofByteArray(bytes), "", "Idempotency-Key", "the import"),
            200);

    assertThat(again.get("created").asInt()).isZero();
    assertThat(again.get("existing").asInt()).isEqualTo(lines - bad.size());
    assertThat(again.get("errors")).isEqualTo(outcome.get("errors"));
    assertThat(count("app_user")).isEqualTo(lines - bad.size());
    JsonNode asOther = json(tenant.importLines(BodyPublishers.ofByteArray(bytes), ""), 200);
    assertThat(asOther.get("refused").asInt()).isEqualTo(lines);
    assertThat(asOther.get("errors").size()).isEqualTo(1_000);
    assertThat(asOther.get("more_errors").asInt()).isEqualTo(lines - 1_000);
  }

  private static String badLine(int n) {
    return switch (n % 4) {
      case 1 -> body("nobody", "No address");
      case 2 -> "{\"email\":";
      case 3 -> "x".repeat(70_000);
      default -> body("u1@example.com", "Taken");
    };
  }

  private static long count(String table) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            "select count(*) from "
                + table
                + (table.contains("where") ? " = 'importer'" : " where tenant = 'importer'"))
        .query(Long.class)
        .single();
  }

  @Test
  void welcomesWhenAskedTo() {
    String email = anyEmail();

    json(calls.importLines(BodyPublishers.ofString(body(email, "Ada")), "?welcome=true"), 200);

    assertThat(
            gateway
                .bean(JdbcClient.class)
                .sql("select count(*) from task where ordering_key = :email and type = 'email'")
                .param("email", email)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void refusesTheSecondOfTwoLinesWithOneAddress() {
    String email = anyEmail();

    JsonNode outcome =
        json(calls.importLines(body(email, "Ada") + "\n\n" + body(email, "Eve") + "\r\n"), 200);

    assertThat(outcome.get("created").asInt()).isEqualTo(1);
    assertThat(outcome.at("/errors/0/line").asInt()).isEqualTo(3);
  }

  @Test
  void keepsWhatCameBeforeTheLimit() {
    UserCalls tenant = UserCalls.ofTenant(gateway, "limited");
    String first = body(anyEmail(), "Ada") + "\n";

    JsonNode stopped = json(tenant.importLines(first + "\n".repeat(30_000)), 413);

    assertThat(stopped.get("detail").asString()).contains("lines 1 to 1");
    assertThat(json(tenant.client().get("/v1/users"), 200).get("users").size()).isEqualTo(1);
  }
}
