package io.taskfleet.bench;

import io.taskfleet.bench.Contestant.Drained;
import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Drains backlogs: publishes while the worker stands still, then lets it go on, and after it the
 * naive listener, which reads the same records.
 */
final class DrainBench {
  private final BenchOptions options;
  private final Transcript transcript;
  private final TaskType<NumberedPayload> type;
  private final BenchFleet fleet;

  DrainBench(
      BenchOptions options,
      Transcript transcript,
      TaskType<NumberedPayload> type,
      BenchFleet fleet) {
    this.options = options;
    this.transcript = transcript;
    this.type = type;
    this.fleet = fleet;
  }

  Figures measure(Map<String, String> workerProperties)
      throws IOException, InterruptedException, SQLException {
    BenchProcess worker = fleet.startWorker(type.name(), workerProperties);
    try (FleetResults results = new FleetResults(fleet);
        NaiveResults naiveResults = new NaiveResults(fleet);
        TaskPublisher publisher = new TaskPublisher(fleet.stack().kafkaBootstrap())) {
      Contestant fleetWorker = new Contestant(worker, results);
      Contestant naive = options.naive() ? new Contestant(fleet.startNaive(), naiveResults) : null;
      publisher.awaitTopics(type);
      transcript.line("warming up with %,d tasks".formatted(options.warmUp()));
      // In runs like those that count: a JVM that has seen one long run compiles anew at its end.
      for (int left = options.warmUp(); left > 0; left -= options.tasks()) {
        Round warm = round(publisher, Math.min(left, options.tasks()), fleetWorker, naive);
        transcript.line("warm: %,.0f/s, not counted".formatted(warm.fleet.perSecond()));
      }
      double heapBefore = worker.heapAfterCollection();
      List<Round> rounds = new ArrayList<>();
      for (int run = 1; run <= options.runs(); run++) {
        Round round = round(publisher, options.tasks(), fleetWorker, naive);
        describe(run, round);
        rounds.add(round);
      }
      return figures(rounds, heapBefore, worker.heapAfterCollection());
    }
  }

  private record Round(Drained fleet, @Nullable Drained naive) {}

  private Round round(
      TaskPublisher publisher, int tasks, Contestant worker, @Nullable Contestant naive)
      throws IOException, InterruptedException, SQLException {
    worker.results().clear();
    worker.process().pause();
    if (naive != null) {
      naive.results().clear();
      naive.process().pause();
    }
    Set<UUID> last =
        publisher.publish(
            tasks, n -> publisher.task(type, Priority.NORMAL, "{\"n\":%d}".formatted(n)));
    Drained byFleet = worker.drain(fleet.meter(), tasks, last);
    if (naive == null) {
      return new Round(byFleet, null);
    }
    worker.process().pause();
    Drained byNaive = naive.drain(fleet.meter(), tasks, last);
    worker.process().resume();
    return new Round(byFleet, byNaive);
  }

  private void describe(int run, Round round) {
    transcript.line("run %d: %s".formatted(run, describe(round.fleet)));
    if (round.naive != null) {
      transcript.line("run %d, naive listener: %s".formatted(run, describe(round.naive)));
    }
  }

  private String describe(Drained drained) {
    return "%,.0f/s, %.4f CPU-s per 1,000 (%s)"
        .formatted(
            drained.perSecond(),
            drained.cpu().perThousand(options.tasks()),
            drained.cpu().describe(options.tasks()));
  }

  private Figures figures(List<Round> rounds, double heapBefore, double heapAfter) {
    List<Drained> ours = rounds.stream().map(Round::fleet).toList();
    List<Drained> naive = rounds.stream().map(Round::naive).filter(Objects::nonNull).toList();
    double perSecond = rate(ours);
    Figures figures =
        new Figures(options.scenario(), options.tasks(), options.runs())
            .put("per_s", perSecond)
            .put("cpu_s_per_1000", cpu(ours))
            .putMedians("cpu_s_per_1000_by_process", shares(ours))
            .putMedian("stolen_percent", ours, run -> run.cpu().machine().stolenPercent())
            .put("heap_begin_mib", heapBefore)
            .put("heap_end_mib", heapAfter);
    if (!naive.isEmpty()) {
      figures
          .put("naive_per_s", rate(naive))
          .put("naive_cpu_s_per_1000", cpu(naive))
          .putMedians("naive_cpu_s_per_1000_by_process", shares(naive))
          .put("ratio", perSecond / rate(naive))
          .put("cpu_ratio", cpu(ours) / cpu(naive));
    }
    return figures;
  }

  private static double rate(List<Drained> drained) {
    return Figures.median(drained.stream().map(Drained::perSecond).toList());
  }

  private double cpu(List<Drained> drained) {
    return Figures.median(
        drained.stream().map(each -> each.cpu().perThousand(options.tasks())).toList());
  }

  private List<Map<String, Double>> shares(List<Drained> drained) {
    return drained.stream().map(each -> each.cpu().perThousandByKind(options.tasks())).toList();
  }
}
