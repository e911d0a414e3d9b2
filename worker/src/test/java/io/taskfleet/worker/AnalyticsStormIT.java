package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.rollup.Quantiles;
import io.taskfleet.rollup.Uniques;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.worker.rollup.Totals;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Analytics while workers are killed and Postgres crashes. {@code -Dtaskfleet.faults.events=200000}
 * makes it large; the usual size is for every build.
 */
class AnalyticsStormIT {
  private static final Logger log = LoggerFactory.getLogger(AnalyticsStormIT.class);
  private static final int EVENTS = Integer.getInteger("taskfleet.faults.events", 20_000);
  private static final int KILLS = Math.min(8, EVENTS / 10_000);
  private static final int RATE = 3_000;
  private static final int GROUP = 250;
  private static final int USUAL_SECONDS = 3_600;
  private static final int LATE_SECONDS = 3 * 86_400;
  private static final List<String> NAMES = List.of("storm.bought", "storm.viewed", "storm.left");
  private static final List<String> PLANS = List.of("free", "pro", "team");

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Instant newest = Instant.now();
  private final Totals source = new Totals();
  private final Map<String, List<Double>> values = new HashMap<>();
  private final Map<String, Set<String>> users = new HashMap<>();
  private final List<ChildWorker> workers = new ArrayList<>();
  private int kills;

  @AfterEach
  void stopWorkers() {
    workers.forEach(ChildWorker::close);
  }

  @Test
  void rollupsEqualTheSourceAfterWorkersWereKilledAndPostgresCrashed() throws Exception {
    LocalStack stack = BreakableLocalStack.get();
    try (TestFleet fleet = new TestFleet(stack, BreakableLocalStack.createDatabase("analytics"))) {
      workers.add(startWorker(fleet));
      workers.add(startWorker(fleet));
      fleet.awaitCreated(BuiltInTypes.ANALYTICS);
      long began = System.nanoTime();

      for (int published = 0; published < EVENTS; published += GROUP) {
        publish(fleet, Math.min(GROUP, EVENTS - published));
        if (published / GROUP == EVENTS / GROUP / 2) {
          stack.postgres().kill();
          stack.postgres().start();
        }
        if (published >= (long) (kills + 1) * EVENTS / (KILLS + 1)) {
          kills++;
          workers.remove(random.nextInt(workers.size())).kill();
          workers.add(startWorker(fleet));
        }
        long due = began + (published * 1_000_000_000L / RATE);
        LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
      }
      Duration publishing = Duration.ofNanos(System.nanoTime() - began);
      awaitFolded(fleet);

      Map<Totals.Key, Totals.Sums> rollups = Totals.stored(fleet.database, Task.DEFAULT_TENANT);
      log.info(
          "seed {}: {} events published in {}, all in {} rows of rollups after {}; {} workers"
              + " killed, Postgres crashed once",
          seed,
          EVENTS,
          publishing,
          rollups.size(),
          Duration.ofNanos(System.nanoTime() - began),
          kills);
      assertThat(kills).isEqualTo(KILLS);
      assertThat(fleet.count("select count(*) from analytics_event")).isEqualTo(EVENTS);
      assertThat(rollups).as("seed %d", seed).isEqualTo(source.all());
      NAMES.forEach(name -> assertSketches(fleet, name));
    }
  }

  /** One in twenty comes twice. */
  private void publish(TestFleet fleet, int count) {
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Task task = event(fleet);
      tasks.add(task);
      if (random.nextInt(20) == 0) {
        tasks.add(task);
      }
    }
    fleet.publishAll(tasks);
  }

  private Task event(TestFleet fleet) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    String plan = PLANS.get(random.nextInt(PLANS.size()));
    String user = "u" + random.nextInt(EVENTS / 4);
    Instant at =
        newest.minusSeconds(random.nextInt(random.nextInt(10) == 0 ? LATE_SECONDS : USUAL_SECONDS));
    BigDecimal value = BigDecimal.valueOf(random.nextInt(-1_000, 1_000_000), 2);
    source.add(name, at, value, Map.of("plan", plan));
    values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value.doubleValue());
    users.computeIfAbsent(name, _ -> new HashSet<>()).add(user);
    return fleet.task(
        BuiltInTypes.ANALYTICS,
        """
        {"name":"%s","user_id":"%s","value":%s,"at":"%s","properties":{"plan":"%s"}}"""
            .formatted(name, user, value, at, plan),
        Task.Options.NONE);
  }

  private static void awaitFolded(TestFleet fleet) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                fleet.count("select count(*) from task where state = 'succeeded'") >= EVENTS
                    && fleet.count("select count(*) from analytics_pending") == 0);
  }

  private void assertSketches(TestFleet fleet, String name) {
    Quantiles quantiles = Quantiles.empty();
    Uniques uniques = Uniques.empty();
    fleet
        .database
        .sql(
            "select quantiles, users from analytics_bucket"
                + " where name = ? and step = '1h' and property = ''")
        .param(name)
        .query(
            row -> {
              quantiles.add(Quantiles.read(row.getBytes(1)));
              uniques.add(row.getBytes(2));
            });
    List<Double> all = values.getOrDefault(name, List.of());
    double p95 = quantiles.at(0.95);
    double rank = all.stream().filter(value -> value <= p95).count() / (double) all.size();
    int distinct = users.getOrDefault(name, Set.of()).size();
    log.info("{}: p95 is of rank {}; {} users of {}", name, rank, uniques.count(), distinct);
    assertThat(rank).as("seed %d", seed).isCloseTo(0.95, within(0.025));
    assertThat((double) uniques.count())
        .as("seed %d", seed)
        .isCloseTo(distinct, within(0.08 * distinct));
  }

  private static ChildWorker startWorker(TestFleet fleet) {
    return ChildWorker.start(
        fleet,
        BuiltInTypes.ANALYTICS,
        "taskfleet.worker.analytics.fold-events=1000",
        "taskfleet.worker.analytics.group-by=plan",
        "spring.kafka.consumer.properties.session.timeout.ms=6000");
  }
}
