package io.taskfleet.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Submits tasks as fast as they are accepted: one by one, with ten times as many connections, a
 * thousand at a time, and as streams of lines. The worker stands still meanwhile and does them
 * afterwards, so that each accepted task is found in Postgres.
 */
final class EnqueueBench {
  private static final int CONNECTIONS = 64;
  private static final int OVERLOAD_CONNECTIONS = 10 * CONNECTIONS;
  private static final int BULK_CONNECTIONS = 4;
  private static final int BUSY = 503;
  private static final int BULK = 1_000;
  private static final int BULK_FACTOR = 4;
  private static final int STREAMS = 4;
  private static final int STREAM_FACTOR = 8;
  private static final byte[] TASK =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"bench.tick\",\"value\":1}}".getBytes(UTF_8);
  private static final byte[] EVENTS =
      IntStream.range(0, BULK)
          .mapToObj("{\"name\":\"bench.tick\",\"value\":%d}"::formatted)
          .collect(Collectors.joining(",", "[", "]"))
          .getBytes(UTF_8);
  private static final byte[] LINES =
      IntStream.range(0, BULK)
          .mapToObj(
              "{\"type\":\"analytics\",\"payload\":{\"name\":\"bench.tick\",\"value\":%d}}\n"
                  ::formatted)
          .collect(Collectors.joining())
          .getBytes(UTF_8);
  private static final String SUCCEEDED = "state = 'succeeded'";
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(200);

  private final BenchOptions options;
  private final Transcript transcript;
  private final BenchFleet fleet;

  EnqueueBench(BenchOptions options, Transcript transcript, BenchFleet fleet) {
    this.options = options;
    this.transcript = transcript;
    this.fleet = fleet;
  }

  Figures measure() throws IOException, InterruptedException, SQLException {
    BenchProcess worker = fleet.startWorker("analytics", Map.of());
    List<Accepted> single = new ArrayList<>();
    List<Accepted> overload = new ArrayList<>();
    List<Accepted> bulk = new ArrayList<>();
    List<Accepted> stream = new ArrayList<>();
    try (Door door = new Door(fleet);
        FleetResults results = new FleetResults(fleet)) {
      Load load = new Load(door, worker, results);
      transcript.line("warming up; the worker stands still while the clock runs");
      load.singles(options.warmUp(), CONNECTIONS);
      load.bulks(options.warmUp());
      load.streams(options.warmUp());
      for (int run = 1; run <= options.runs(); run++) {
        single.add(load.singles(options.tasks(), CONNECTIONS));
        describe(run, "one by one, %d connections".formatted(CONNECTIONS), single.getLast());
        overload.add(load.singles(options.tasks(), OVERLOAD_CONNECTIONS));
        describe(
            run, "one by one, %d connections".formatted(OVERLOAD_CONNECTIONS), overload.getLast());
        bulk.add(load.bulks(options.tasks() * BULK_FACTOR));
        describe(
            run, "%,d per POST, %d connections".formatted(BULK, BULK_CONNECTIONS), bulk.getLast());
        stream.add(load.streams(options.tasks() * STREAM_FACTOR));
        describe(run, "streams of lines, %d connections".formatted(STREAMS), stream.getLast());
      }
    }
    Figures figures = new Figures(options.scenario(), options.tasks(), options.runs());
    put(figures, "", single);
    put(figures, "overload_", overload);
    figures.putMedian("overload_refused", overload, run -> run.refused());
    put(figures, "bulk_", bulk);
    put(figures, "stream_", stream);
    return figures;
  }

  /** Tasks accepted in one run, how long that took each time, and how often it was refused. */
  private record Accepted(
      long tasks, long refused, double perSecond, CpuReading cpu, Latencies times) {
    double cpuPerThousand() {
      return cpu.perThousand(tasks);
    }

    double gatewayCpuPerThousand() {
      return cpu.perThousandByKind(tasks).getOrDefault(ProcessKind.GATEWAY.label(), 0.0);
    }
  }

  private final class Load {
    private final Door door;
    private final BenchProcess worker;
    private final FleetResults results;

    Load(Door door, BenchProcess worker, FleetResults results) {
      this.door = door;
      this.worker = worker;
      this.results = results;
    }

    Accepted singles(int tasks, int connections)
        throws IOException, InterruptedException, SQLException {
      return run(
          tasks,
          rush ->
              door.visitAtOnce(
                  connections, connection -> submit(connection, "/v1/tasks", TASK, rush)),
          1);
    }

    Accepted bulks(int tasks) throws IOException, InterruptedException, SQLException {
      return run(
          Math.max(1, tasks / BULK),
          rush ->
              door.visitAtOnce(
                  BULK_CONNECTIONS,
                  connection -> submit(connection, "/v1/analytics/events", EVENTS, rush)),
          BULK);
    }

    /** Each connection sends its share as one body. */
    Accepted streams(int tasks) throws IOException, InterruptedException, SQLException {
      int blocks = Math.max(1, tasks / BULK / STREAMS);
      return run(
          blocks * STREAMS,
          rush -> door.visitAtOnce(STREAMS, connection -> stream(connection, blocks, rush)),
          BULK);
    }

    private Accepted run(int posts, Clients clients, int tasksPerPost)
        throws IOException, InterruptedException, SQLException {
      results.clear();
      worker.pause();
      Rush rush =
          new Rush(new AtomicInteger(posts), new LongAdder(), new Latencies(), new Receipts());
      CpuReading before = fleet.meter().read();
      long start = System.nanoTime();
      clients.begin(rush);
      long took = System.nanoTime() - start;
      CpuReading cpu = fleet.meter().read().since(before);
      door.hangUp();
      worker.resume();
      long tasks = (long) posts * tasksPerPost;
      awaitAll(tasks, rush.receipts(), rush.refused().sum() * tasksPerPost);
      return new Accepted(tasks, rush.refused().sum(), tasks * 1e9 / took, cpu, rush.times());
    }

    /**
     * One that was refused because Kafka took too long may be there all the same, and must not be
     * counted for one that was accepted: a stream, which is never refused, names no tasks.
     */
    private void awaitAll(long tasks, Receipts receipts, long refused) throws SQLException {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (results.count(SUCCEEDED) < tasks
          || !receipts.missingIn(results.ids(SUCCEEDED)).isEmpty()) {
        worker.requireAlive();
        if (System.nanoTime() > deadline) {
          throw new InvalidRunException(
              "%d tasks are in Postgres, of %d accepted ones %d are known not to be"
                  .formatted(
                      results.count(SUCCEEDED),
                      tasks,
                      receipts.missingIn(results.ids(SUCCEEDED)).size()));
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
      long rows = results.count("true");
      if (rows > tasks + refused) {
        throw new InvalidRunException(
            "%d rows of %d accepted and %d refused tasks".formatted(rows, tasks, refused));
      }
    }
  }

  /** What is left to submit, and what became of the rest. */
  private record Rush(AtomicInteger left, LongAdder refused, Latencies times, Receipts receipts) {}

  /** All connections at once, until nothing is left. */
  @FunctionalInterface
  private interface Clients {
    void begin(Rush rush) throws InterruptedException;
  }

  private static int stream(HttpConnection connection, int blocks, Rush rush) throws IOException {
    long start = System.nanoTime();
    HttpConnection.Reply reply = connection.stream("/v1/batches", LINES, blocks);
    rush.times().add(Duration.ofNanos(System.nanoTime() - start));
    if (reply.status() != Door.ACCEPTED) {
      throw new IOException(reply.status() + " " + reply.text());
    }
    return blocks;
  }

  private static int submit(HttpConnection connection, String path, byte[] body, Rush rush)
      throws IOException {
    int sent = 0;
    while (rush.left().getAndDecrement() > 0) {
      while (!isAccepted(connection, path, body, rush)) {
        rush.refused().increment();
      }
      sent++;
    }
    return sent;
  }

  private static boolean isAccepted(HttpConnection connection, String path, byte[] body, Rush rush)
      throws IOException {
    long start = System.nanoTime();
    HttpConnection.Reply reply = connection.post(path, body);
    long took = System.nanoTime() - start;
    if (reply.status() == BUSY) {
      return false;
    }
    if (reply.status() != Door.ACCEPTED) {
      throw new IOException(reply.status() + " " + reply.text());
    }
    rush.times().add(Duration.ofNanos(took));
    rush.receipts().add(reply.body());
    return true;
  }

  private void describe(int run, String how, Accepted accepted) {
    transcript.line(
        "run %d, %s: %,.0f/s, p50 %.1f ms, p99 %.1f ms, %,d refused, %.4f CPU-s per 1,000 (%s)"
            .formatted(
                run,
                how,
                accepted.perSecond(),
                accepted.times().millis(50),
                accepted.times().millis(99),
                accepted.refused(),
                accepted.cpuPerThousand(),
                accepted.cpu().describe(accepted.tasks())));
  }

  private static void put(Figures figures, String prefix, List<Accepted> runs) {
    figures
        .putMedian(prefix + "per_s", runs, Accepted::perSecond)
        .putMedian(prefix + "cpu_s_per_1000", runs, Accepted::cpuPerThousand)
        .putMedian(prefix + "gateway_cpu_s_per_1000", runs, Accepted::gatewayCpuPerThousand)
        .putMedian(prefix + "stolen_percent", runs, run -> run.cpu().machine().stolenPercent())
        .putMedian(prefix + "p50_ms", runs, run -> run.times().millis(50))
        .putMedian(prefix + "p99_ms", runs, run -> run.times().millis(99));
  }
}
