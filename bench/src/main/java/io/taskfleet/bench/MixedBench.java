package io.taskfleet.bench;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.task.Priority;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Drains a backlog of bulk and normal tasks, some of which fail or are slow, while urgent ones of
 * the same kinds arrive at an even pace. Their times count from when they were due at Kafka.
 */
final class MixedBench {
  private static final int URGENT_PER_SECOND = 100;
  private static final long LIMIT_NANOS = Duration.ofMinutes(15).toNanos();

  /** Retries come soon, so that a failing task is dead before the run is over. */
  private static final Map<String, String> QUICK_RETRIES =
      Map.of(
          "taskfleet.worker.defaults.backoff-base", "200ms",
          "taskfleet.worker.defaults.backoff-cap", "500ms");

  // The last attempt's start is in the task's row; a failed one's in the timeline.
  private static final String FIRST_STARTS =
      """
      select (extract(epoch from coalesce(first.started_at, task.started_at) - task.created_at)
                * 1000000)::bigint
        from task left join task_attempt first on first.task_id = task.id and first.attempt = 1
       where task.priority = 'high'
         and task.created_at < (select max(coalesce(f.started_at, t.started_at))
              from task t left join task_attempt f on f.task_id = t.id and f.attempt = 1
             where t.priority <> 'high')
      """;

  private static final String LAST_END = "select max(finished_at) from task";

  private final BenchOptions options;
  private final Transcript transcript;
  private final BenchFleet fleet;

  MixedBench(BenchOptions options, Transcript transcript, BenchFleet fleet) {
    this.options = options;
    this.transcript = transcript;
    this.fleet = fleet;
  }

  Figures measure() throws IOException, InterruptedException, SQLException {
    Map<String, String> properties = new HashMap<>(QUICK_RETRIES);
    properties.put("bench.slow", options.slow() + "ms");
    BenchProcess worker = fleet.startWorker(BenchTypes.MIXED.name(), properties);
    List<Run> runs = new ArrayList<>();
    try (FleetResults results = new FleetResults(fleet);
        TaskPublisher publisher = new TaskPublisher(fleet.stack().kafkaBootstrap());
        TaskPublisher urgent = TaskPublisher.ofSingle(fleet.stack().kafkaBootstrap())) {
      publisher.awaitTopics(BenchTypes.MIXED);
      transcript.line("warming up with %,d tasks".formatted(options.warmUp()));
      for (int left = options.warmUp(); left > 0; left -= options.tasks()) {
        run(worker, results, publisher, urgent, Math.min(left, options.tasks()), 0);
      }
      for (int run = 1; run <= options.runs(); run++) {
        runs.add(run(worker, results, publisher, urgent, options.tasks(), run));
        describe(run, runs.getLast());
      }
    }
    return new Figures(options.scenario(), options.tasks(), options.runs())
        .putMedian("per_s", runs, Run::perSecond)
        .putMedian("cpu_s_per_1000", runs, Run::cpuPerThousand)
        .putMedians("cpu_s_per_1000_by_process", runs.stream().map(Run::cpuByProcess).toList())
        .putMedian("stolen_percent", runs, run -> run.cpu.machine().stolenPercent())
        .putMedian("high_published_p50_ms", runs, run -> run.published.millis(50))
        .putMedian("high_published_p99_ms", runs, run -> run.published.millis(99))
        .putMedian("high_start_p50_ms", runs, run -> run.urgent.millis(50))
        .putMedian("high_start_p99_ms", runs, run -> run.urgent.millis(99))
        .putMedian("high_tasks", runs, run -> (double) run.urgent.count())
        .putMedian("succeeded", runs, run -> (double) (run.tasks - run.dead))
        .putMedian("dead", runs, run -> (double) run.dead);
  }

  private record Run(
      long tasks,
      long dead,
      double perSecond,
      CpuReading cpu,
      Latencies published,
      Latencies urgent) {
    double cpuPerThousand() {
      return cpu.perThousand(tasks);
    }

    Map<String, Double> cpuByProcess() {
      return cpu.perThousandByKind(tasks);
    }
  }

  private Run run(
      BenchProcess worker,
      FleetResults results,
      TaskPublisher publisher,
      TaskPublisher urgent,
      int backlog,
      long seed)
      throws IOException, InterruptedException, SQLException {
    results.clear();
    worker.pause();
    MixedTasks tasks = new MixedTasks(publisher, seed);
    Set<UUID> last =
        publisher.publish(backlog, n -> tasks.next(tasks.bulkOrNormal(), Instant.now()));
    CpuReading before = fleet.meter().read();
    Instant start = Instant.now();
    worker.resume();
    FutureTask<Boolean> backlogStarted = new FutureTask<>(() -> awaitStarts(worker, results, last));
    Thread.ofPlatform().daemon().name("backlog-watch").start(backlogStarted);
    Latencies published = sendUrgentUntil(backlogStarted, urgent, tasks);
    awaitEnds(worker, results, tasks);
    CpuReading cpu = fleet.meter().read().since(before);
    tasks.requireEndedAsPlanned(results.database());
    double seconds = Duration.between(start, lastEnd(results)).toNanos() / 1e9;
    return new Run(
        tasks.count(), tasks.failing(), tasks.count() / seconds, cpu, published, starts(results));
  }

  // On a thread of its own: a question to a busy server must not delay an urgent task.
  private static boolean awaitStarts(BenchProcess worker, FleetResults results, Set<UUID> last)
      throws SQLException {
    Pace looks = new Pace(4);
    for (int n = 1; !results.know(last); n++) {
      worker.requireAlive();
      looks.await(n);
    }
    return true;
  }

  /** Answers after which time Kafka had them. */
  private static Latencies sendUrgentUntil(
      Future<Boolean> backlogStarted, TaskPublisher urgent, MixedTasks tasks)
      throws InterruptedException {
    Latencies published = new Latencies();
    Pace pace = new Pace(URGENT_PER_SECOND);
    for (int n = 0; !backlogStarted.isDone(); n++) {
      pace.await(n);
      Instant due = pace.time(n);
      urgent.send(
          tasks.next(Priority.HIGH, due),
          () -> published.add(Duration.between(due, Instant.now())));
    }
    urgent.flush();
    boolean _ = Door.await(backlogStarted);
    return published;
  }

  private static void awaitEnds(BenchProcess worker, FleetResults results, MixedTasks tasks)
      throws SQLException {
    long start = System.nanoTime();
    Pace looks = new Pace(4);
    for (int n = 1; results.count("state in ('succeeded', 'dead')") < tasks.count(); n++) {
      worker.requireAlive();
      if (System.nanoTime() - start > LIMIT_NANOS) {
        throw new InvalidRunException("Not all tasks have ended, and it is late");
      }
      looks.await(n);
    }
  }

  private static Instant lastEnd(FleetResults results) throws SQLException {
    try (PreparedStatement select = results.database().prepareStatement(LAST_END);
        ResultSet row = select.executeQuery()) {
      row.next();
      return row.getTimestamp(1).toInstant();
    }
  }

  private static Latencies starts(FleetResults results) throws SQLException {
    Latencies starts = new Latencies();
    try (PreparedStatement select = results.database().prepareStatement(FIRST_STARTS);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        starts.addMicros(row.getLong(1));
      }
    }
    return starts;
  }

  private void describe(int run, Run each) {
    transcript.line(
        ("run %d (seed %d): %,d tasks, %,d of them dead as planned, %,.0f/s, %.4f CPU-s per 1,000"
                + " (%s); %,d urgent ones were in Kafka after p50 %.1f ms,"
                + " p99 %.1f ms, and started after p50 %.1f ms, p99 %.1f ms")
            .formatted(
                run,
                run,
                each.tasks,
                each.dead,
                each.perSecond,
                each.cpuPerThousand(),
                each.cpu.describe(each.tasks),
                each.urgent.count(),
                each.published.millis(50),
                each.published.millis(99),
                each.urgent.millis(50),
                each.urgent.millis(99)));
  }
}
