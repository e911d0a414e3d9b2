package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.analytics.SeriesView.Point;
import io.taskfleet.gateway.analytics.SeriesView.Series;
import io.taskfleet.gateway.postgres.RowTimes;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a series together from rows in order of time. */
final class Chart {
  private static final String ALL = "";

  private final SeriesQuery query;
  private final Map<String, @Nullable BigDecimal[]> values = new HashMap<>();
  // Of the step that rows are being read of.
  private final Map<String, Measure> measures = new HashMap<>();
  private int step;

  Chart(SeriesQuery query) {
    this.query = query;
  }

  void take(ResultSet row) throws SQLException {
    int index = query.range().index(RowTimes.time(row, "start"));
    if (index != step) {
      endStep();
      step = index;
    }
    measures.computeIfAbsent(row.getString("value"), _ -> query.metric().measure()).take(row);
  }

  private void endStep() {
    measures.forEach((value, measure) -> line(value)[step] = measure.value());
    measures.clear();
  }

  private @Nullable BigDecimal[] line(String value) {
    return values.computeIfAbsent(value, _ -> empty());
  }

  private @Nullable BigDecimal[] empty() {
    @Nullable BigDecimal[] line = new BigDecimal[Math.toIntExact(query.range().steps())];
    Arrays.fill(line, query.metric().measure().value());
    return line;
  }

  /** The whole, when all rows have been taken. */
  SeriesView view(List<String> wanted) {
    endStep();
    List<Series> series = new ArrayList<>();
    if (query.by() == null) {
      series.add(new Series(null, null, points(line(ALL))));
    } else {
      List<String> groups = wanted.stream().filter(value -> !value.isEmpty()).toList();
      groups.forEach(group -> series.add(new Series(group, null, points(line(group)))));
      addOther(series, groups);
    }
    Range range = query.range();
    return new SeriesView(
        query.name(),
        query.metric().label(),
        range.step().toString(),
        range.from(),
        range.to(),
        query.by(),
        series);
  }

  /** What all come to without what the groups come to, if that is anything. */
  private void addOther(List<Series> series, List<String> groups) {
    @Nullable BigDecimal[] rest = values.get(ALL);
    if (rest == null) {
      return;
    }
    for (String group : groups) {
      @Nullable BigDecimal[] line = line(group);
      for (int i = 0; i < rest.length; i++) {
        rest[i] = minus(rest[i], line[i]);
      }
    }
    if (Arrays.stream(rest).anyMatch(value -> value != null && value.signum() != 0)) {
      series.add(new Series(null, true, points(rest)));
    }
  }

  private static BigDecimal minus(@Nullable BigDecimal all, @Nullable BigDecimal some) {
    BigDecimal whole = all == null ? BigDecimal.ZERO : all;
    return some == null ? whole : whole.subtract(some);
  }

  private List<Point> points(@Nullable BigDecimal[] line) {
    List<Point> points = new ArrayList<>(line.length);
    for (int i = 0; i < line.length; i++) {
      points.add(new Point(query.range().start(i), line[i]));
    }
    return points;
  }
}
