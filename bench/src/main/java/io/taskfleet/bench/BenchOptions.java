package io.taskfleet.bench;

import io.taskfleet.standalone.Flags;
import io.taskfleet.standalone.UsageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * What {@code fleet bench} was asked for.
 *
 * @param tasks in one run
 * @param warmUp tasks before the first run; the same however many come after, or small runs would
 *     seem dear
 * @param runs how many of them; figures are their medians
 * @param slow how long a slow task of {@code mixed} takes, in milliseconds
 * @param naive whether the naive listener drains the same backlog
 * @param json whether standard output is for the figures alone
 * @param state where the logs and the unpacked applications go
 */
record BenchOptions(
    Scenario scenario,
    int tasks,
    int warmUp,
    int runs,
    int slow,
    boolean naive,
    boolean json,
    Path state,
    Path gatewayJar,
    Path workerJar) {

  private static final int MOST_TASKS = 10_000_000;
  private static final int MOST_RUNS = 100;
  private static final int SLOW_MILLIS = 200;
  private static final int LONGEST_MILLIS = 10_000;
  private static final Set<String> NAMED =
      Set.of(
          "--tasks", "--warm-up", "--runs", "--slow", "--state", "--gateway-jar", "--worker-jar");
  private static final Set<String> SWITCHES = Set.of("--json", "--no-naive");

  /**
   * Reads the command line: options, and the benchmark among them or none for {@code drain}.
   *
   * @throws UsageException when it makes no sense
   */
  static BenchOptions parse(String... arguments) {
    int place = place(arguments);
    Scenario scenario = place < 0 ? Scenario.DRAIN : Scenario.of(arguments[place]);
    Flags flags = Flags.parse(without(arguments, place), NAMED, SWITCHES);
    return new BenchOptions(
        scenario,
        flags.number("--tasks", scenario.tasks(), 1, MOST_TASKS),
        flags.number("--warm-up", scenario.warmUp(), 1, MOST_TASKS),
        flags.number("--runs", 3, 1, MOST_RUNS),
        flags.number("--slow", SLOW_MILLIS, 1, LONGEST_MILLIS),
        scenario == Scenario.DRAIN && !flags.has("--no-naive"),
        flags.has("--json"),
        path(flags.value("--state").orElse(".taskfleet/bench")),
        path(required(flags, "--gateway-jar")),
        path(required(flags, "--worker-jar")));
  }

  // The first word that is neither an option nor an option's value.
  private static int place(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (!arguments[i].startsWith("--")) {
        return i;
      }
      if (NAMED.contains(arguments[i])) {
        i++;
      }
    }
    return -1;
  }

  private static String[] without(String[] arguments, int place) {
    if (place < 0) {
      return arguments;
    }
    String[] rest = Arrays.copyOf(arguments, arguments.length - 1);
    System.arraycopy(arguments, place + 1, rest, place, rest.length - place);
    return rest;
  }

  private static String required(Flags flags, String name) {
    return flags.value(name).orElseThrow(() -> new UsageException(name + " is missing"));
  }

  private static Path path(String text) {
    return Path.of(text).toAbsolutePath().normalize();
  }
}
