package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What a worker shows to Prometheus. */
class MetricsIT {
  private static final String TYPE = "{type=\"script\"}";
  private static final String HIGH = "{priority=\"high\",type=\"script\"}";
  private static final String NORMAL = "{priority=\"normal\",type=\"script\"}";
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("metrics"));
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void startWorker() {
    worker =
        FLEET.startScriptWorker(
            "taskfleet.worker.settings.script.max-attempts=2",
            "taskfleet.worker.settings.script.backoff-base=1ms",
            "taskfleet.worker.settings.script.backoff-cap=1ms",
            "taskfleet.worker.settings.script.commit-interval=50ms",
            "taskfleet.fleet.heartbeat-interval=100ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @Test
  void whatHappenedIsCountedAndLabelsStayFew() {
    Map<String, Double> start = series();
    publishOfEach("first", 1);
    await()
        .untilAsserted(
            () ->
                assertThat(growth(start))
                    .containsEntry(outcomes("succeeded", "none"), 6.0)
                    .containsEntry(outcomes("retrying", "connection"), 6.0)
                    .containsEntry(outcomes("dead", "connection"), 3.0)
                    .containsEntry("taskfleet_relay_moved_total", 6.0)
                    .containsEntry("taskfleet_records_taken_total" + HIGH, 5.0)
                    .containsEntry("taskfleet_attempts_started_total" + HIGH, 5.0)
                    .containsEntry("taskfleet_tasks_accepted_to_started_seconds_count" + HIGH, 3.0)
                    .containsEntry("taskfleet_tasks_accepted_to_recorded_seconds_count" + HIGH, 3.0)
                    .containsEntry("taskfleet_ledger_fenced_total", 0.0)
                    .containsEntry("taskfleet_records_in_flight" + HIGH, 0.0));
    Map<String, Double> before = series();
    assertThat(before)
        .containsEntry("taskfleet_partitions" + TYPE, 9.0)
        .containsEntry("taskfleet_permits_limit" + TYPE, 64.0)
        .containsEntry("taskfleet_paused{reason=\"operator\",type=\"script\"}", 0.0)
        .containsKeys(
            "taskfleet_ledger_group_count",
            "taskfleet_ledger_commit_seconds_sum",
            "taskfleet_dependencies{state=\"open\"}")
        .hasSizeLessThan(300);

    publishOfEach("second", 50);

    await()
        .untilAsserted(
            () -> assertThat(growth(before)).containsEntry(outcomes("succeeded", "none"), 300.0));
    assertThat(series().keySet()).isEqualTo(before.keySet());
    assertThat(scrape()).doesNotContain("http_server_requests", "second-");
  }

  @Test
  void aRecordThatComesTwiceIsCountedAsADuplicate() {
    Task task = FLEET.script("succeed", "twice");
    Map<String, Double> start = series();

    FLEET.publish(task);
    FLEET.publish(task);

    await()
        .untilAsserted(
            () ->
                assertThat(growth(start))
                    .containsEntry("taskfleet_records_duplicate_total" + TYPE, 1.0));
  }

  @Test
  void whatEndedLongAgoIsDeletedAndCounted() {
    Map<String, Double> start = series();
    FLEET
        .database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload_hash, worker, created_at, finished_at)
            select gen_random_uuid(), 'old', 'script', 'normal', 'k', state, 1, 1, '', 'w', at, at
              from (select now() - interval '91 days' as at) as long_ago,
                   unnest(array['succeeded', 'expired', 'dead']) as state
            """)
        .update();

    // The worker has found nothing when it started.
    FLEET.database.sql("update retention set continue_at = now()").update();

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(growth(start))
                    .containsEntry("taskfleet_retention_deleted_total{kind=\"ended\"}", 2.0)
                    .containsEntry("taskfleet_retention_deleted_total{kind=\"dead\"}", 1.0)
                    .containsEntry("taskfleet_retention_deleted_total{kind=\"batch\"}", 0.0));
    assertThat(FLEET.count("select count(*) from task where tenant = 'old'")).isZero();
  }

  @Test
  void whatIsTakenAndWaitsIsShown() {
    List<Task> slow =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    FLEET.script(
                        "{\"does\":\"succeed\",\"millis\":1000}", "one", "a", Priority.NORMAL))
            .toList();

    FLEET.publishAll(slow);

    await()
        .untilAsserted(
            () -> {
              Map<String, Double> now = series();
              assertThat(now)
                  .containsEntry("taskfleet_records_lag" + NORMAL, 0.0)
                  .hasEntrySatisfying(
                      "taskfleet_records_in_flight" + NORMAL,
                      value -> assertThat(value).isBetween(2.0, 4.0))
                  .hasEntrySatisfying(
                      "taskfleet_window_span" + TYPE,
                      value -> assertThat(value).isBetween(2.0, 4.0))
                  .hasEntrySatisfying(
                      "taskfleet_permits_taken" + TYPE, value -> assertThat(value).isEqualTo(1.0))
                  .hasEntrySatisfying(
                      "taskfleet_tasks_oldest_waiting_seconds" + TYPE,
                      value -> assertThat(value).isPositive());
            });
    FLEET.awaitState(slow.getLast().id(), "succeeded");
    await()
        .untilAsserted(
            () ->
                assertThat(series())
                    .containsEntry("taskfleet_tasks_oldest_waiting_seconds" + TYPE, 0.0));
  }

  /** One that succeeds, one that succeeds at last and one that dies, of each priority. */
  private static void publishOfEach(String name, int times) {
    List<Task> tasks =
        IntStream.range(0, times)
            .boxed()
            .flatMap(
                i ->
                    List.of(Priority.values()).stream()
                        .flatMap(
                            priority ->
                                List.of("succeed", "fail_once", "fail").stream()
                                    .map(
                                        does ->
                                            FLEET.script(
                                                "{\"does\":\"%s\"}".formatted(does),
                                                name + "-" + TaskIds.next(Clock.systemUTC()),
                                                name + "-tenant-" + i,
                                                priority))))
            .toList();
    FLEET.publishAll(tasks);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                FLEET.count(
                        "select count(*) from task where tenant like ? and finished_at is not null",
                        name + "-tenant-%")
                    == tasks.size());
  }

  private static String outcomes(String state, String error) {
    return "taskfleet_outcomes_total{error=\"%s\",state=\"%s\",type=\"script\"}"
        .formatted(error, state);
  }

  private static Map<String, Double> series() {
    Map<String, Double> series = new TreeMap<>();
    scrape()
        .lines()
        .filter(line -> line.startsWith("taskfleet_"))
        .forEach(
            line -> {
              int end = line.lastIndexOf(' ');
              series.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
            });
    return series;
  }

  /** By how much each has grown since. */
  private static Map<String, Double> growth(Map<String, Double> since) {
    Map<String, Double> growth = new TreeMap<>();
    series().forEach((name, now) -> growth.put(name, now - since.getOrDefault(name, 0.0)));
    return growth;
  }

  private static String scrape() {
    URI uri =
        URI.create(
            "http://localhost:%s/actuator/prometheus"
                .formatted(worker.getEnvironment().getProperty("local.server.port")));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> reply =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(reply.statusCode()).isEqualTo(200);
      return reply.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
