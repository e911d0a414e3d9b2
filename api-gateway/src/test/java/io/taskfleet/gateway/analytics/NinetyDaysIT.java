package io.taskfleet.gateway.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TestKeys;
import io.taskfleet.gateway.analytics.StoredBuckets.Event;
import io.taskfleet.rollup.Rollup;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long a query of ninety days takes. {@code -Dtaskfleet.analytics.events=1000000} makes the
 * sketches large; the usual number of events is for every build, and has as many rows.
 */
class NinetyDaysIT {
  private static final int DAYS = 90;
  private static final int EVENTS = Integer.getInteger("taskfleet.analytics.events", 100_000);
  private static final int PLANS = 10;
  private static final int CALLS = 20;
  private static final long MICROS = 50_000;
  private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
  private static final String RANGE = "&from=2026-06-01T00:00:00Z&to=2026-08-30T00:00:00Z";

  private static TestGateway gateway;
  private static GatewayClient client;

  /** Those rows that the queries read. */
  @BeforeAll
  static void start() throws Exception {
    gateway = TestGateway.onSharedServers("ninety", Map.of());
    client = TestKeys.client(gateway, "default", "analytics");
    Random random = new Random(1);
    StoredBuckets buckets =
        new StoredBuckets(EnumSet.of(Rollup.HOUR, Rollup.DAY), EnumSet.of(Rollup.DAY));
    try (Connection connection = gateway.bean(DataSource.class).getConnection()) {
      connection.setAutoCommit(false);
      for (int day = 0; day < DAYS; day++) {
        for (int i = 0; i < EVENTS / DAYS; i++) {
          buckets.add(
              new Event(
                  "default",
                  "viewed",
                  START.plusSeconds((day * 86_400L) + random.nextInt(86_400)),
                  Math.exp(4 + random.nextGaussian()),
                  "u" + random.nextInt(100_000),
                  "p" + random.nextInt(PLANS)));
        }
        buckets.insert(connection);
      }
      connection.commit();
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "series?name=viewed&step=1d&metric=count",
        "series?name=viewed&step=1d&metric=p95",
        "series?name=viewed&step=7d&metric=p95",
        "series?name=viewed&step=1d&metric=unique",
        "series?name=viewed&step=7d&metric=unique",
        "series?name=viewed&step=1d&metric=sum&by=plan",
        "top?name=viewed&by=plan"
      })
  void isAnsweredWithinFiftyMilliseconds(String query) {
    assertThat(firstQuartile(query)).isLessThan(MICROS);
  }

  /** Two thousand points, or a thousand sketches. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "series?name=viewed&step=1h&metric=count",
        "series?name=viewed&step=1h&metric=p95",
        "series?name=viewed&step=1h&metric=unique",
        "series?name=viewed&step=1d&metric=p95&by=plan",
        "series?name=viewed&step=1d&metric=unique&by=plan"
      })
  void thousandsOfPointsOrSketchesTakeNotMuchLonger(String query) {
    assertThat(firstQuartile(query)).isLessThan(5 * MICROS);
  }

  /** Not the median: other work on this machine is not the query's fault. */
  private static long firstQuartile(String query) {
    for (int i = 0; i < CALLS / 2; i++) {
      ask(query);
    }
    long[] micros = new long[CALLS];
    for (int i = 0; i < CALLS; i++) {
      micros[i] = ask(query);
    }
    Arrays.sort(micros);
    System.out.printf(
        "%,d events, %-48s first quartile %5.1f ms, median %5.1f ms, longest %5.1f ms%n",
        EVENTS, query, micros[CALLS / 4] / 1e3, micros[CALLS / 2] / 1e3, micros[CALLS - 1] / 1e3);
    return micros[CALLS / 4];
  }

  private static long ask(String query) {
    long began = System.nanoTime();
    HttpResponse<String> answer = client.get("/v1/analytics/" + query + RANGE);
    long micros = (System.nanoTime() - began) / 1_000;
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return micros;
  }
}
