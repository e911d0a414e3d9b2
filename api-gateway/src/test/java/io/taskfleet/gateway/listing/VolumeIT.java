package io.taskfleet.gateway.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.status.TaskRows;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.TaskState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionOperations;

/** Many tasks: what a page costs, and exports of all of them. */
class VolumeIT {
  private static final int TASKS = 200_000;
  private static final int SLICE = 10_000;
  private static final long MOST_GROWTH = 40 << 20;
  private static final Instant MIDDLE = Instant.parse("2026-01-02T00:00:00Z");

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static String database;
  private static TestGateway gateway;
  private static JdbcClient jdbc;

  @BeforeAll
  static void start() {
    database = SharedLocalStack.createDatabase("volume");
    gateway = gateway(Map.of());
    LocalStack stack = SharedLocalStack.get();
    // The gateway's own connections do not wait for as long as this may take.
    jdbc =
        JdbcClient.create(
            new DriverManagerDataSource(database, stack.jdbcUser(), stack.jdbcPassword()));
    insert();
    jdbc.sql("vacuum analyze task").update();
  }

  private static TestGateway gateway(Map<String, String> settings) {
    return TestGateway.start(SharedLocalStack.get(), database, settings);
  }

  /** A fifth of them of somebody else. */
  private static void insert() {
    int all = TASKS * 5 / 4;
    for (int first = 1; first <= all; first += SLICE) {
      insert(first, first + SLICE - 1);
    }
  }

  private static void insert(int first, int last) {
    jdbc.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, tags, worker, created_at)
            select gen_random_uuid(), case when i % 5 = 4 then 'other' else 'default' end,
                (array['email', 'notification', 'analytics'])[1 + i % 3], 'normal',
                'key ' || i % 10000,
                case when i % 200 = 0 then 'dead' when i % 1000 = 1 then 'retrying'
                     else 'succeeded' end,
                1, 1, json_build_object('text', repeat('x', 300)), '',
                case when i % 20 = 0 then 'all,t' || i % 100 end, 'w',
                timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second'
              from generate_series(:first, :last) as i
            """)
        .param("first", first)
        .param("last", last)
        .update();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static Stream<TaskFilter> filters() {
    return Stream.of(
        filter(null, null, null, null),
        filter(TaskState.SUCCEEDED, null, null, null),
        filter(TaskState.DEAD, null, null, null),
        filter(TaskState.RETRYING, null, null, null),
        filter(TaskState.EXPIRED, null, null, null),
        filter(null, "email", null, null),
        filter(null, "none", null, null),
        filter(null, null, "all", null),
        filter(null, null, "t40", null),
        filter(null, null, "none", null),
        filter(null, null, null, "key 77"),
        new TaskFilter(null, null, null, null, MIDDLE, null),
        new TaskFilter(null, null, null, null, null, MIDDLE));
  }

  private static TaskFilter filter(
      @Nullable TaskState state,
      @Nullable String type,
      @Nullable String tag,
      @Nullable String key) {
    return new TaskFilter(state, type, tag, key, null, null);
  }

  @ParameterizedTest
  @MethodSource("filters")
  void aPageIsARangeOfAnIndex(TaskFilter filter) {
    int look = gateway.bean(ListingProperties.class).look();
    Selection first = new Selection("default", filter, null);
    Selection later = new Selection("default", filter, new Position(MIDDLE, new UUID(0, 0)));
    for (Selection.Statement page :
        new Selection.Statement[] {
          first.first(TaskRows.COLUMNS, 51, look),
          later.first(TaskRows.COLUMNS, 51, look),
          later.endOf(look)
        }) {
      String plan = plan(page);

      System.out.printf("%s%n%s%n", filter, plan);
      assertThat(plan).containsPattern("Index (Only )?Scan Backward using task_listed");
      assertThat(plan).doesNotContain("Sort", "Seq Scan", "Bitmap");
    }
  }

  private static @Nullable String plan(Selection.Statement page) {
    JdbcClient pages = gateway.bean(JdbcClient.class);
    return gateway
        .bean(TransactionOperations.class)
        .execute(
            transaction -> {
              pages.sql(TaskPages.IN_ORDER).update();
              return String.join(
                  "\n",
                  pages
                      .sql("explain (analyze, costs off, buffers off) " + page.sql())
                      .params(page.values())
                      .query(String.class)
                      .list());
            });
  }

  @Test
  void exportsAnyNumberInConstantMemory() throws Exception {
    long before = liveBytes();
    long mostLive = 0;
    long lines = 0;
    long bytes = 0;
    long began = System.nanoTime();
    try (InputStream in = open(gateway, "/v1/tasks/export").body()) {
      byte[] buffer = new byte[1 << 16];
      long nextLook = 1;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        bytes += read;
        for (int i = 0; i < read; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
        if (lines >= nextLook * TASKS / 5) {
          nextLook++;
          mostLive = Math.max(mostLive, liveBytes());
        }
      }
    }

    System.out.printf(
        "%d tasks, %d MB in %d ms; the heap grew by %d KB%n",
        lines,
        bytes >> 20,
        Duration.ofNanos(System.nanoTime() - began).toMillis(),
        (mostLive - before) >> 10);
    assertThat(lines).isEqualTo(TASKS);
    assertThat(mostLive - before).isLessThan(MOST_GROWTH);
    assertConnectionsAreFree();
  }

  @Test
  void exportsAllOfThemAsCsv() throws Exception {
    HttpResponse<InputStream> answer = open(gateway, "/v1/tasks/export?format=csv&type=email");
    try (InputStream in = answer.body()) {
      long rows = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().count();
      assertThat(rows)
          .isEqualTo(
              1
                  + jdbc.sql(
                          "select count(*) from task where tenant = 'default' and type = 'email'")
                      .query(Long.class)
                      .single());
    }
  }

  @Test
  void anExportThatFailsInTheMiddleBreaksOff() throws Exception {
    StringBuilder tail = new StringBuilder();
    try (InputStream in = open(gateway, "/v1/tasks/export").body()) {
      assertThat(in.readNBytes(1 << 16)).hasSize(1 << 16);
      // Until nobody takes what it has read, it goes on reading.
      Awaitility.await()
          .until(
              () ->
                  jdbc.sql(
                              "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                                  + " where query like '%as looked%'"
                                  + " and state = 'idle in transaction'")
                          .query(Integer.class)
                          .single()
                      == 1);

      assertThatThrownBy(
              () -> {
                byte[] buffer = new byte[1 << 14];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                  tail.setLength(0);
                  tail.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(tail).doesNotContain("problems", "status\":", "Exception");
    assertConnectionsAreFree();
  }

  @Test
  void aClientThatDoesNotReadHoldsNoConnectionForLong() throws Exception {
    try (TestGateway strict =
        gateway(
            Map.of(
                "taskfleet.listing.exports-at-once",
                "1",
                "taskfleet.listing.stalled-export",
                "2s",
                "taskfleet.listing.longest-export",
                "5s"))) {
      GatewayClient second = new GatewayClient(strict.url(), TestGateway.KEY);
      assertThat(second.get("/v1/tasks/export?tag=none").statusCode()).isEqualTo(200);
      HttpResponse<InputStream> slow = open(strict, "/v1/tasks/export");
      try (InputStream in = slow.body()) {
        assertThat(in.read()).isEqualTo('{');
        HttpResponse<String> refused = second.get("/v1/tasks/export?tag=none");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();

        assertConnectionsAreFree();
        assertThat(second.get("/v1/tasks/export?tag=none").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> in.transferTo(OutputStream.nullOutputStream()))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void anExportEndsWhenItsTimeIsUpHoweverSteadilyItIsRead() throws Exception {
    try (TestGateway strict =
            gateway(
                Map.of(
                    "taskfleet.listing.stalled-export",
                    "1s",
                    "taskfleet.listing.longest-export",
                    "2s"));
        InputStream in = open(strict, "/v1/tasks/export").body()) {
      long began = System.nanoTime();

      assertThatThrownBy(
              () ->
                  Awaitility.await()
                      .pollDelay(Duration.ZERO)
                      .pollInterval(Duration.ofMillis(20))
                      .atMost(Duration.ofSeconds(30))
                      .until(() -> in.readNBytes(1 << 15).length == 0))
          .hasRootCauseInstanceOf(IOException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
      assertConnectionsAreFree();
    }
  }

  private static void assertConnectionsAreFree() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(8))
        .until(
            () ->
                jdbc.sql(
                            "select count(*) from pg_stat_activity where query like '%as looked%'"
                                + " and state <> 'idle' and pid <> pg_backend_pid()")
                        .query(Long.class)
                        .single()
                    == 0);
  }

  private static HttpResponse<InputStream> open(TestGateway of, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(of.url() + path))
            .header("Authorization", "Bearer " + TestGateway.KEY)
            .build();
    HttpResponse<InputStream> answer = HTTP.send(request, BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  /** What is left when the collector was asked. */
  private static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
