package io.taskfleet.bench;

import io.taskfleet.bench.task.BenchTypes;
import io.taskfleet.localstack.LocalStackException;
import io.taskfleet.standalone.StartException;
import io.taskfleet.standalone.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Map;

/**
 * Runs one benchmark. The last line on standard output is one JSON object. The exit code is 0 when
 * every run was complete, 1 when there is nothing to say, and 64 for a wrong command line.
 */
public final class Bench {
  private static final Map<String, String> WIDE =
      Map.of("taskfleet.worker.defaults.concurrency", "256");

  private final BenchOptions options;
  private final Transcript transcript;

  private Bench(BenchOptions options, Transcript transcript) {
    this.options = options;
    this.transcript = transcript;
  }

  /** Runs it; {@code ./fleet help} lists the options. */
  public static void main(String[] arguments) {
    System.exit(run(System.out, System.err, arguments));
  }

  static int run(PrintStream out, PrintStream err, String... arguments) {
    try {
      BenchOptions options = BenchOptions.parse(arguments);
      Figures figures = new Bench(options, new Transcript(options.json() ? err : out)).measure();
      out.println(figures.json());
      return 0;
    } catch (UsageException e) {
      err.println("fleet: " + e.getMessage());
      return UsageException.EXIT_CODE;
    } catch (InvalidRunException
        | StartException
        | LocalStackException
        | IOException
        | SQLException e) {
      err.println("fleet: no figures: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private Figures measure() throws IOException, SQLException, InterruptedException {
    transcript.line(
        "%s: %,d tasks, %d runs; starting Kafka, Postgres and Redis"
            .formatted(options.scenario().label(), options.tasks(), options.runs()));
    try (BenchFleet fleet = BenchFleet.open(options)) {
      transcript.line(
          "workers and gateway run with %s".formatted(String.join(" ", BenchFleet.JVM_OPTIONS)));
      return switch (options.scenario()) {
        case DRAIN -> new DrainBench(options, transcript, BenchTypes.NOOP, fleet).measure(Map.of());
        case WAIT -> new DrainBench(options, transcript, BenchTypes.WAIT, fleet).measure(WIDE);
        case ENQUEUE -> new EnqueueBench(options, transcript, fleet).measure();
        case LATENCY -> new LatencyBench(options, transcript, fleet).measure();
        case MIXED -> new MixedBench(options, transcript, fleet).measure();
      };
    }
  }
}
