package io.taskfleet.gateway.analytics;

import io.taskfleet.rollup.Quantiles;
import io.taskfleet.rollup.Rollup;
import io.taskfleet.rollup.Uniques;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Rollups of events, as workers keep them. */
final class StoredBuckets {
  private static final String INSERT =
      """
      insert into analytics_bucket (tenant, name, step, property, start, value, count, sum, min,
          max, quantiles, users)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private final Set<Rollup> steps;
  private final Set<Rollup> grouped;
  private final Map<Key, Row> rows = new HashMap<>();

  /**
   * None yet.
   *
   * @param grouped of these steps also those by plan
   */
  StoredBuckets(Set<Rollup> steps, Set<Rollup> grouped) {
    this.steps = steps;
    this.grouped = grouped;
  }

  record Event(String tenant, String name, Instant at, double value, String user, String plan) {}

  private record Key(
      String tenant, String name, Rollup step, String property, Instant start, String value) {
    boolean isSum() {
      return !property.isEmpty() && value.isEmpty();
    }
  }

  private static final class Row {
    private final Quantiles quantiles = Quantiles.empty();
    private final Uniques users = Uniques.empty();
    private long count;
    private BigDecimal sum = BigDecimal.ZERO;
    private double min = Double.MAX_VALUE;
    private double max = -Double.MAX_VALUE;

    void add(Event event, boolean withSketches) {
      count++;
      sum = sum.add(BigDecimal.valueOf(event.value()));
      min = Math.min(min, event.value());
      max = Math.max(max, event.value());
      if (withSketches) {
        quantiles.add(event.value());
        users.add(event.user());
      }
    }
  }

  void add(Event event) {
    for (Rollup step : steps) {
      add(event, step, "", "");
      if (grouped.contains(step)) {
        add(event, step, "plan", "");
        add(event, step, "plan", event.plan());
      }
    }
  }

  private void add(Event event, Rollup step, String property, String value) {
    Key key = new Key(event.tenant(), event.name(), step, property, step.start(event.at()), value);
    rows.computeIfAbsent(key, _ -> new Row()).add(event, !key.isSum());
  }

  /** Writes what was added since the last time. */
  void insert(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (Map.Entry<Key, Row> each : rows.entrySet()) {
        bind(insert, each.getKey(), each.getValue());
        insert.addBatch();
      }
      insert.executeBatch();
    }
    rows.clear();
  }

  private static void bind(PreparedStatement insert, Key key, Row row) throws SQLException {
    insert.setString(1, key.tenant());
    insert.setString(2, key.name());
    insert.setString(3, key.step().label());
    insert.setString(4, key.property());
    insert.setObject(5, key.start().atOffset(ZoneOffset.UTC));
    insert.setString(6, key.value());
    insert.setLong(7, row.count);
    insert.setBigDecimal(8, row.sum);
    insert.setBigDecimal(9, BigDecimal.valueOf(row.min));
    insert.setBigDecimal(10, BigDecimal.valueOf(row.max));
    insert.setBytes(11, key.isSum() ? null : row.quantiles.bytes());
    insert.setBytes(12, key.isSum() ? null : row.users.bytes());
  }
}
