package io.taskfleet.bench;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Processor time that processes have taken, by kind: since they started, or between readings. */
record CpuReading(Map<ProcessKind, Duration> byKind) {
  private static final double THOUSAND = 1_000;

  CpuReading since(CpuReading earlier) {
    Map<ProcessKind, Duration> difference = new EnumMap<>(ProcessKind.class);
    byKind.forEach(
        (kind, time) ->
            difference.put(kind, time.minus(earlier.byKind.getOrDefault(kind, Duration.ZERO))));
    return new CpuReading(difference);
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

  static String describe(Map<String, Double> shares) {
    return shares.entrySet().stream()
        .map(each -> "%s %.4f".formatted(each.getKey(), each.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static double seconds(Duration time, long tasks) {
    return time.toNanos() / 1e9 * THOUSAND / tasks;
  }
}
