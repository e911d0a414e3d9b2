package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Events added up in memory, by bucket, property and value. */
final class Tallies {
  static final String ALL = "";

  private final Map<Rollup, Instant> since;
  private final Map<Bucket.Grouped, Map<String, Tally>> tallies = new HashMap<>();

  /**
   * None yet.
   *
   * @param since the oldest bucket of each step that is kept
   */
  Tallies(Map<Rollup, Instant> since) {
    this.since = Map.copyOf(since);
  }

  void add(Event event) {
    since.forEach(
        (step, oldest) -> {
          Instant start = step.start(event.at());
          if (!start.isBefore(oldest)) {
            add(event, new Bucket(event.tenant(), event.name(), step, start));
          }
        });
  }

  private void add(Event event, Bucket bucket) {
    tally(bucket, ALL, ALL).add(event.value(), event.user());
    event
        .groups()
        .forEach(
            (property, value) -> {
              tally(bucket, property, ALL).add(event.value(), null);
              tally(bucket, property, value).add(event.value(), event.user());
            });
  }

  private Tally tally(Bucket bucket, String property, String value) {
    return tallies
        .computeIfAbsent(new Bucket.Grouped(bucket, property), _ -> new HashMap<>())
        .computeIfAbsent(value, _ -> new Tally());
  }

  /** The buckets and properties whose values are told apart. */
  List<Bucket.Grouped> grouped() {
    return tallies.keySet().stream().filter(each -> !each.property().isEmpty()).toList();
  }

  /**
   * What is to be written, in no order.
   *
   * @param known the values that rows of the table have already
   * @param most how many values there may be; the most frequent ones of what is new come first
   */
  List<Bucket.Row> rows(Map<Bucket.Grouped, Set<String>> known, int most) {
    List<Bucket.Row> rows = new ArrayList<>();
    tallies.forEach(
        (grouped, byValue) -> {
          Set<String> told = new HashSet<>(known.getOrDefault(grouped, Set.of()));
          byValue.entrySet().stream()
              .sorted(
                  Map.Entry.<String, Tally>comparingByValue(
                          (one, other) -> Long.compare(other.count(), one.count()))
                      .thenComparing(Map.Entry.comparingByKey()))
              .filter(
                  each ->
                      each.getKey().isEmpty()
                          || told.contains(each.getKey())
                          || (told.size() < most && told.add(each.getKey())))
              .forEach(each -> rows.add(new Bucket.Row(grouped, each.getKey(), each.getValue())));
        });
    return rows;
  }
}
