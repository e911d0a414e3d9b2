package io.taskfleet.bench;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Processor time that processes have taken, by kind, and that of the whole machine: since they
 * started, or between readings.
 */
record CpuReading(Map<ProcessKind, Duration> byKind, MachineTime machine) {
  private static final double THOUSAND = 1_000;

  CpuReading since(CpuReading earlier) {
    Map<ProcessKind, Duration> difference = new EnumMap<>(ProcessKind.class);
    byKind.forEach(
        (kind, time) ->
            difference.put(kind, time.minus(earlier.byKind.getOrDefault(kind, Duration.ZERO))));
    return new CpuReading(difference, machine.since(earlier.machine));
  }

  /** Seconds that all processes together took for each thousand of this many tasks. */
  double perThousand(long tasks) {
    return seconds(byKind.values().stream().reduce(Duration.ZERO, Duration::plus), tasks);
  }

  /** The same for each kind of process. */
  Map<String, Double> perThousandByKind(long tasks) {
    Map<String, Double> shares = new LinkedHashMap<>();
    byKind.forEach((kind, time) -> shares.put(kind.label(), seconds(time, tasks)));
    return shares;
  }

  /** The same in words, with what was stolen. */
  String describe(long tasks) {
    return perThousandByKind(tasks).entrySet().stream()
        .map(each -> "%s %.4f".formatted(each.getKey(), each.getValue()))
        .collect(
            Collectors.joining(
                ", ", "", "; %.0f %% of the time stolen".formatted(machine.stolenPercent())));
  }

  private static double seconds(Duration time, long tasks) {
    return time.toNanos() / 1e9 * THOUSAND / tasks;
  }
}
