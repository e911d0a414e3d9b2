package io.taskfleet.gateway.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.analytics.StoredBuckets.Event;
import io.taskfleet.rollup.Rollup;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Ten days of events from a Monday on, asked about in every way. */
class SeriesIT {
  private static final Instant MONDAY = Instant.parse("2026-08-31T00:00:00Z");
  private static final long SEED = System.nanoTime();
  private static final List<Event> EVENTS = new ArrayList<>();
  private static final String RANGE = "&from=2026-08-31T00:00:00Z&to=2026-09-10T00:00:00Z";

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;

  @BeforeAll
  static void start() throws Exception {
    gateway = TestGateway.onSharedServers("series", Map.of());
    client = TestKeys.client(gateway, "default", "analytics");
    other = TestKeys.client(gateway, "other", "analytics");
    Random random = new Random(SEED);
    for (int i = 0; i < 4_000; i++) {
      EVENTS.add(
          new Event(
              "default",
              "bought",
              MONDAY.plusSeconds(random.nextInt(10 * 86_400)),
              random.nextInt(10_000) / 100.0,
              "u" + random.nextInt(500),
              "p" + (int) Math.sqrt(random.nextInt(36))));
    }
    StoredBuckets buckets =
        new StoredBuckets(EnumSet.allOf(Rollup.class), EnumSet.allOf(Rollup.class));
    EVENTS.forEach(buckets::add);
    buckets.add(new Event("other", "bought", MONDAY, 1_000_000, "somebody", "secret"));
    buckets.add(new Event("default", "left", MONDAY, 7, "somebody", "p0"));
    try (Connection connection = gateway.bean(DataSource.class).getConnection()) {
      buckets.insert(connection);
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static JsonNode ask(String query) {
    return ask(client, query);
  }

  private static JsonNode ask(GatewayClient by, String query) {
    HttpResponse<String> answer = by.get("/v1/analytics/" + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer);
  }

  private static Stream<Event> of(Instant from, Duration step) {
    return EVENTS.stream()
        .filter(each -> !each.at().isBefore(from) && each.at().isBefore(from.plus(step)));
  }

  @ParameterizedTest
  @CsvSource({
    "7m, 2026-08-31T05:00:00Z, 2026-08-31T23:00:00Z",
    "30m, 2026-08-31T00:00:00Z, 2026-09-10T00:00:00Z",
    "1h, 2026-08-31T00:00:00Z, 2026-09-10T00:00:00Z",
    "5h, 2026-08-31T00:00:00Z, 2026-09-10T00:00:00Z",
    "1d, 2026-08-31T00:00:00Z, 2026-09-10T00:00:00Z",
    "PT72H, 2026-09-02T10:00:00Z, 2026-09-06T10:00:00Z",
    "7d, 2026-09-01T10:00:00Z, 2026-09-09T10:00:00Z"
  })
  void everyStepIsWhatItsEventsComeTo(String text, Instant from, Instant to) {
    String query = "series?name=bought&step=%s&from=%s&to=%s&metric=".formatted(text, from, to);
    Duration step = Duration.parse(ask(query + "count").get("step").asString());
    int index = 0;
    for (JsonNode point : points(query + "count")) {
      Instant at = Instant.parse(point.get("at").asString());
      List<Event> events = of(at, step).toList();
      assertThat(point.get("value").asInt()).as("seed %d, %s", SEED, at).isEqualTo(events.size());
      assertThat(points(query + "sum").get(index).get("value").asDouble())
          .isCloseTo(events.stream().mapToDouble(Event::value).sum(), within(1e-6));
      if (index++ == 5) {
        break;
      }
    }
    List<JsonNode> all = points(query + "count");
    assertThat(Instant.parse(all.getFirst().get("at").asString()))
        .isBetween(from.minus(step), from);
    assertThat(Instant.parse(all.getLast().get("at").asString())).isBetween(to.minus(step), to);
  }

  private static List<JsonNode> points(String query) {
    return ask(query).at("/series/0/points").valueStream().toList();
  }

  @Test
  void weeksBeginOnMonday() {
    JsonNode weeks =
        ask("series?name=bought&step=7d&from=2026-09-02T00:00:00Z&to=2026-09-09T00:00:00Z");

    assertThat(weeks.get("from").asString()).isEqualTo("2026-08-31T00:00:00Z");
    assertThat(weeks.get("to").asString()).isEqualTo("2026-09-14T00:00:00Z");
    assertThat(weeks.at("/series/0/points").size()).isEqualTo(2);
  }

  @Test
  void figuresOfADay() {
    Instant day = MONDAY.plus(Duration.ofDays(3));
    List<Double> values = of(day, Duration.ofDays(1)).map(Event::value).sorted().toList();
    long users = of(day, Duration.ofDays(1)).map(Event::user).distinct().count();
    String query =
        "series?name=bought&step=1d&from=%s&to=%s&metric=".formatted(day, day.plusSeconds(1));

    assertThat(value(query + "min")).isEqualTo(values.getFirst());
    assertThat(value(query + "max")).isEqualTo(values.getLast());
    assertThat(rank(values, value(query + "p95"))).isCloseTo(0.95, within(0.03));
    assertThat(value(query + "unique")).isCloseTo((double) users, within(users * 0.08));
  }

  @Test
  void sketchesOfManyBucketsMakeOneFigure() {
    List<Double> values = EVENTS.stream().map(Event::value).toList();
    Set<String> users = new HashSet<>();
    EVENTS.forEach(each -> users.add(each.user()));
    String query =
        "series?name=bought&step=70d&from=2026-08-31T00:00:00Z&to=2026-09-10T00:00:00Z&metric=";

    double p95 = value(query + "p95");
    double unique = value(query + "unique");

    assertThat(rank(values, p95)).as("seed %d", SEED).isCloseTo(0.95, within(0.03));
    assertThat(unique).isCloseTo(users.size(), within(users.size() * 0.08));
  }

  private static double value(String query) {
    return points(query).getFirst().get("value").asDouble();
  }

  private static double rank(List<Double> values, double value) {
    return values.stream().filter(each -> each <= value).count() / (double) values.size();
  }

  @Test
  void whereNothingHappenedThereIsNothingToMeasure() {
    String query = "series?name=bought&from=2026-09-20T00:00:00Z&to=2026-09-20T02:00:00Z&metric=";

    for (String metric : List.of("count", "sum", "unique")) {
      assertThat(points(query + metric))
          .hasSize(2)
          .allMatch(point -> point.get("value").asInt(-1) == 0);
    }
    for (String metric : List.of("min", "max", "p95")) {
      assertThat(points(query + metric)).hasSize(2).noneMatch(point -> point.has("value"));
    }
  }

  @Test
  void theMostFrequentGroupsAreListedAndTheOthersAddedUp() {
    JsonNode answer = ask("series?name=bought&by=plan&limit=2&step=1d" + RANGE);

    assertThat(groups(answer)).containsExactly("p5", "p4", "other");
    for (int day = 0; day < 10; day++) {
      Instant at = MONDAY.plus(Duration.ofDays(day));
      List<Event> events = of(at, Duration.ofDays(1)).toList();
      assertThat(answer.at("/series/0/points/%d/value".formatted(day)).asInt())
          .isEqualTo(events.stream().filter(each -> each.plan().equals("p5")).count());
      int sum = 0;
      for (JsonNode line : answer.get("series")) {
        sum += line.at("/points/%d/value".formatted(day)).asInt();
      }
      assertThat(sum).as("seed %d, %s", SEED, at).isEqualTo(events.size());
    }
    assertThat(groups(ask("series?name=bought&by=plan&limit=2&metric=unique&step=1d" + RANGE)))
        .containsExactly("p5", "p4");
    assertThat(groups(ask("series?name=bought&by=plan&limit=20&step=1d" + RANGE)))
        .containsExactly("p5", "p4", "p3", "p2", "p1", "p0");
    assertThat(groups(ask("series?name=bought&by=country" + RANGE))).isEmpty();
  }

  private static List<String> groups(JsonNode answer) {
    return answer
        .get("series")
        .valueStream()
        .map(each -> each.path("other").asBoolean(false) ? "other" : each.get("group").asString())
        .toList();
  }

  @Test
  void topTellsTheMostFrequentValues() {
    JsonNode answer = ask("top?name=bought&by=plan&limit=3" + RANGE);

    assertThat(answer.at("/groups/0/group").asString()).isEqualTo("p5");
    long listed = 0;
    for (JsonNode group : answer.get("groups")) {
      List<Event> events =
          EVENTS.stream()
              .filter(each -> each.plan().equals(group.get("group").asString()))
              .toList();
      assertThat(group.get("count").asInt()).isEqualTo(events.size());
      assertThat(group.get("sum").asDouble())
          .isCloseTo(events.stream().mapToDouble(Event::value).sum(), within(1e-6));
      listed += events.size();
    }
    assertThat(answer.at("/other/count").asLong()).isEqualTo(EVENTS.size() - listed);
    assertThat(ask("top?name=bought&by=plan" + RANGE).has("other")).isFalse();
    assertThat(ask("top?name=never&by=plan" + RANGE).get("groups")).isEmpty();
  }

  @Test
  void topOfAShortTimeIsCountedInMinutes() {
    Instant from = MONDAY.plus(Duration.ofMinutes(61));
    JsonNode answer =
        ask("top?name=bought&by=plan&from=%s&to=%s".formatted(from, from.plusSeconds(3_600)));

    long count =
        answer.get("groups").valueStream().mapToLong(each -> each.get("count").asLong()).sum();
    assertThat(count).as("seed %d", SEED).isEqualTo(of(from, Duration.ofHours(1)).count());
  }

  @Test
  void nobodySeesWhatBelongsToOthers() {
    assertThat(
            ask(other, "series?name=bought&metric=sum&step=1d" + RANGE)
                .at("/series/0/points/0/value")
                .asInt())
        .isEqualTo(1_000_000);
    assertThat(ask("series?name=bought&metric=max&step=10d" + RANGE).toString())
        .doesNotContain("1000000");
    assertThat(ask(other, "top?name=bought&by=plan" + RANGE).at("/groups/0/group").asString())
        .isEqualTo("secret");
    assertThat(ask("top?name=bought&by=plan&limit=100" + RANGE).toString())
        .doesNotContain("secret");
    assertThat(ask(other, "series?name=left" + RANGE).toString())
        .doesNotContain("\"value\":1", "\"value\":7");
  }

  @ParameterizedTest
  @CsvSource({
    "series, 422, /name",
    "series?name=, 422, /name",
    "series?name=a&name=b, 400, /name",
    "series?name=a&color=red, 422, /color",
    "series?name=a&metric=median, 400, /metric",
    "series?name=a&step=90s, 422, /step",
    "series?name=a&step=0m, 422, /step",
    "series?name=a&step=-PT1H, 422, /step",
    "series?name=a&step=367d, 422, /step",
    "series?name=a&step=hour, 400, /step",
    "series?name=a&from=yesterday, 400, /from",
    "series?name=a&from=2026-09-01T00:00:00Z&to=2026-09-01T00:00:00Z, 422, /to",
    "series?name=a&step=1m&from=2026-09-01T00:00:00Z&to=2026-09-03T00:00:00Z, 422, /step",
    "series?name=a&step=31m&from=2026-07-01T00:00:00Z&to=2026-08-10T00:00:00Z, 422, /step",
    "series?name=a&step=1m&by=b&limit=20&from=2026-08-01T00:00:00Z&to=2026-08-03T00:00:00Z, 422, /step",
    "series?name=a&by=, 422, /by",
    "series?name=a&limit=3, 422, /limit",
    "series?name=a&by=b&limit=21, 422, /limit",
    "series?name=a&by=b&limit=0, 422, /limit",
    "top?name=a, 422, /by",
    "top?by=b, 422, /name",
    "top?name=a&by=b&step=1m, 422, /step",
    "top?name=a&by=b&limit=101, 422, /limit",
    "top?name=a&by=b&from=2010-01-01T00:00:00Z, 422, /from",
    "top?name=a&by=b&from=2026-09-02T00:00:00Z&to=2026-09-01T00:00:00Z, 422, /to"
  })
  void whatCannotBeAnsweredIsRefusedWithTheParameter(String query, int status, String pointer) {
    HttpResponse<String> answer = client.get("/v1/analytics/" + query);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(GatewayClient.json(answer).at("/errors/0/pointer").asString()).isEqualTo(pointer);
  }

  @Test
  void whatHasBeenDeletedIsRefusedAndNotToldAsNothing() {
    JdbcClient sql = gateway.bean(JdbcClient.class);
    sql.sql("update analytics_kept set since = '2026-09-05T00:00:00Z' where what = '1m'").update();
    try {
      HttpResponse<String> refused =
          client.get(
              "/v1/analytics/series?name=bought&step=10m&from=2026-09-04T23:59:00Z&to=2026-09-05T01:00:00Z");

      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body()).contains("minutes are kept since 2026-09-05T00:00:00Z");
      ask("series?name=bought&step=10m&from=2026-09-05T00:00:00Z&to=2026-09-05T01:00:00Z");
      ask("series?name=bought&step=1h&from=2026-09-04T23:00:00Z&to=2026-09-05T01:00:00Z");
      JsonNode top =
          ask("top?name=bought&by=plan&from=2026-09-04T10:10:00Z&to=2026-09-04T10:20:00Z");
      assertThat(top.get("from").asString())
          .as("hours are there")
          .isEqualTo("2026-09-04T10:00:00Z");
      assertThat(top.get("to").asString()).isEqualTo("2026-09-04T11:00:00Z");
      sql.sql("update analytics_kept set since = '2026-09-05T00:00:00Z'").update();
      assertThat(
              client
                  .get(
                      "/v1/analytics/top?name=bought&by=plan&from=2026-09-04T10:10:00Z&to=2026-09-04T10:20:00Z")
                  .body())
          .contains("/from", "days are kept since 2026-09-05T00:00:00Z");
    } finally {
      sql.sql("update analytics_kept set since = 'epoch'").update();
    }
  }
}
