package io.taskfleet.bench;

import io.taskfleet.wire.StrictJson;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The outcome of a benchmark, by name and in the order of arrival; one line of JSON in the end. */
final class Figures {
  private static final int SIGNIFICANT = 4;

  private final Map<String, Object> values = new LinkedHashMap<>();

  Figures(Scenario scenario, int tasks, int runs) {
    values.put("bench", scenario.label());
    values.put("tasks", tasks);
    values.put("runs", runs);
  }

  Figures put(String name, double value) {
    values.put(name, rounded(value));
    return this;
  }

  /** The median of this figure of all runs. */
  <R> Figures putMedian(String name, List<R> runs, ToDoubleFunction<R> figure) {
    return put(name, median(runs.stream().map(figure::applyAsDouble).toList()));
  }

  /** The median of each of these, by name. */
  Figures putMedians(String name, List<Map<String, Double>> runs) {
    Map<String, Double> medians = new LinkedHashMap<>();
    runs.getFirst()
        .keySet()
        .forEach(
            key ->
                medians.put(
                    key,
                    rounded(
                        median(runs.stream().map(run -> run.getOrDefault(key, 0.0)).toList()))));
    values.put(name, medians);
    return this;
  }

  String json() {
    return StrictJson.mapper().writeValueAsString(values);
  }

  /** The middle one, or the mean of the two in the middle. */
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  // Digits that no second run would repeat only hide the others.
  private static double rounded(double value) {
    return Double.isFinite(value) && value != 0
        ? new BigDecimal(value).round(new MathContext(SIGNIFICANT)).doubleValue()
        : value;
  }
}
