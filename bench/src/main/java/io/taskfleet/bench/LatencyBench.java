package io.taskfleet.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/**
 * Submits tasks at an even pace that leaves the machine mostly idle, and asks for each result as
 * soon as the task is accepted. All times count from when the request was due.
 */
final class LatencyBench {
  private static final int PER_SECOND = 200;
  private static final int WARM_UP_CONNECTIONS = 8;
  private static final byte[] TASK =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"bench.tick\",\"value\":1}}".getBytes(UTF_8);
  private static final String STARTS =
      "select id, (extract(epoch from started_at) * 1000000)::bigint from task"
          + " where state = 'succeeded'";

  private final BenchOptions options;
  private final Transcript transcript;
  private final BenchFleet fleet;

  LatencyBench(BenchOptions options, Transcript transcript, BenchFleet fleet) {
    this.options = options;
    this.transcript = transcript;
    this.fleet = fleet;
  }

  Figures measure() throws IOException, InterruptedException, SQLException {
    BenchProcess worker = fleet.startWorker("analytics", Map.of());
    List<Run> runs = new ArrayList<>();
    try (Door door = new Door(fleet);
        FleetResults results = new FleetResults(fleet)) {
      transcript.line(
          "warming up with %,d tasks, then at %d/s".formatted(options.warmUp(), PER_SECOND));
      door.visitAtOnce(WARM_UP_CONNECTIONS, this::warmUp);
      run(door, results, options.tasks());
      for (int run = 1; run <= options.runs(); run++) {
        worker.requireAlive();
        runs.add(run(door, results, options.tasks()));
        describe(run, runs.getLast());
      }
    }
    return new Figures(options.scenario(), options.tasks(), options.runs())
        .putMedian("per_s", runs, Run::perSecond)
        .putMedian("cpu_s_per_1000", runs, run -> run.cpu().perThousand(options.tasks()))
        .putMedians(
            "cpu_s_per_1000_by_process",
            runs.stream().map(run -> run.cpu().perThousandByKind(options.tasks())).toList())
        .putMedian("stolen_percent", runs, run -> run.cpu().machine().stolenPercent())
        .putMedian("accepted_p50_ms", runs, run -> run.accepted().millis(50))
        .putMedian("accepted_p99_ms", runs, run -> run.accepted().millis(99))
        .putMedian("start_p50_ms", runs, run -> run.start().millis(50))
        .putMedian("start_p99_ms", runs, run -> run.start().millis(99))
        .putMedian("readable_p50_ms", runs, run -> run.readable().millis(50))
        .putMedian("readable_p99_ms", runs, run -> run.readable().millis(99));
  }

  private record Run(
      double perSecond, CpuReading cpu, Latencies accepted, Latencies start, Latencies readable) {}

  private record Seen(UUID id, Instant due, Duration accepted, Duration readable) {}

  private Run run(Door door, FleetResults results, int tasks)
      throws InterruptedException, SQLException {
    results.clear();
    CpuReading before = fleet.meter().read();
    Pace pace = new Pace(PER_SECOND);
    List<Future<Seen>> visits = new ArrayList<>(tasks);
    for (int n = 0; n < tasks; n++) {
      int number = n;
      pace.await(n);
      visits.add(door.visit(connection -> see(connection, pace, number)));
    }
    List<Seen> seen = new ArrayList<>(tasks);
    for (Future<Seen> visit : visits) {
      seen.add(Door.await(visit));
    }
    double seconds = pace.since(0).toNanos() / 1e9;
    CpuReading cpu = fleet.meter().read().since(before);
    Latencies accepted = new Latencies();
    Latencies readable = new Latencies();
    seen.forEach(
        each -> {
          accepted.add(each.accepted);
          readable.add(each.readable);
        });
    return new Run(tasks / seconds, cpu, accepted, starts(results, seen), readable);
  }

  private static Seen see(HttpConnection connection, Pace pace, int number) throws IOException {
    UUID id = submit(connection);
    Duration accepted = pace.since(number);
    HttpConnection.Reply reply = connection.get("/v1/tasks/" + id + "?wait=5s");
    Duration readable = pace.since(number);
    JsonNode task = StrictJson.mapper().readTree(reply.body());
    if (!task.path("state").asString("").equals("succeeded")) {
      throw new IOException("no result after 5 s: " + reply.status() + " " + reply.text());
    }
    return new Seen(id, pace.time(number), accepted, readable);
  }

  private static UUID submit(HttpConnection connection) throws IOException {
    HttpConnection.Reply reply = connection.post("/v1/tasks", TASK);
    if (reply.status() != Door.ACCEPTED) {
      throw new IOException(reply.status() + " " + reply.text());
    }
    return UUID.fromString(StrictJson.mapper().readTree(reply.body()).path("id").asString());
  }

  private int warmUp(HttpConnection connection) throws IOException {
    int sent = 0;
    for (; sent < options.warmUp() / WARM_UP_CONNECTIONS; sent++) {
      UUID id = submit(connection);
      connection.get("/v1/tasks/" + id + "?wait=5s");
    }
    return sent;
  }

  private static Latencies starts(FleetResults results, List<Seen> seen) throws SQLException {
    Map<UUID, Long> startedMicros = new HashMap<>();
    try (PreparedStatement select = results.database().prepareStatement(STARTS);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        startedMicros.put(row.getObject(1, UUID.class), row.getLong(2));
      }
    }
    Latencies starts = new Latencies();
    for (Seen each : seen) {
      Long started = startedMicros.get(each.id);
      if (started == null) {
        throw new InvalidRunException("Accepted, but not in Postgres: " + each.id);
      }
      starts.addMicros(started - ChronoUnit.MICROS.between(Instant.EPOCH, each.due));
    }
    return starts;
  }

  private void describe(int run, Run each) {
    transcript.line(
        ("run %d: %,.0f/s, p50/p99 accepted %.2f/%.2f ms, started %.2f/%.2f ms, readable %.2f/%.2f ms,"
                + " %.4f CPU-s per 1,000 (%s)")
            .formatted(
                run,
                each.perSecond,
                each.accepted.millis(50),
                each.accepted.millis(99),
                each.start.millis(50),
                each.start.millis(99),
                each.readable.millis(50),
                each.readable.millis(99),
                each.cpu.perThousand(options.tasks()),
                each.cpu.describe(options.tasks())));
  }
}
