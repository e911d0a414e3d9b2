package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What events come to, added up from their source or read from the rollups. */
public final class Totals {
  private final Map<Key, Sums> sums = new HashMap<>();

  /** What a row of {@code analytics_bucket} is of. */
  public record Key(String name, Rollup step, Instant start, String property, String value) {}

  /** The exact part of such a row. */
  public record Sums(
      long count, BigDecimal sum, @Nullable BigDecimal min, @Nullable BigDecimal max) {
    static final Sums NONE = new Sums(0, BigDecimal.ZERO, null, null);

    private Sums with(@Nullable BigDecimal given) {
      if (given == null) {
        return new Sums(count + 1, sum, min, max);
      }
      BigDecimal value = given.stripTrailingZeros();
      return new Sums(
          count + 1,
          sum.add(value).stripTrailingZeros(),
          min == null ? value : min.min(value),
          max == null ? value : max.max(value));
    }
  }

  /** Counts an event, and it under each of its groups. */
  public void add(String name, Instant at, @Nullable BigDecimal value, Map<String, String> groups) {
    for (Rollup step : Rollup.values()) {
      Instant start = step.start(at);
      add(new Key(name, step, start, "", ""), value);
      groups.forEach(
          (property, group) -> {
            add(new Key(name, step, start, property, ""), value);
            add(new Key(name, step, start, property, group), value);
          });
    }
  }

  private void add(Key key, @Nullable BigDecimal value) {
    sums.put(key, sums.getOrDefault(key, Sums.NONE).with(value));
  }

  /** All of them. */
  public Map<Key, Sums> all() {
    return Map.copyOf(sums);
  }

  /** All that the rollups have of this tenant. */
  public static Map<Key, Sums> stored(JdbcClient database, String tenant) {
    Totals stored = new Totals();
    database
        .sql(
            "select name, step, start, property, value, count, sum, min, max"
                + " from analytics_bucket where tenant = ?")
        .param(tenant)
        .query(
            row -> {
              stored.sums.put(
                  new Key(
                      row.getString("name"),
                      Rollup.of(row.getString("step")),
                      row.getObject("start", OffsetDateTime.class).toInstant(),
                      row.getString("property"),
                      row.getString("value")),
                  new Sums(
                      row.getLong("count"),
                      row.getBigDecimal("sum").stripTrailingZeros(),
                      stripped(row.getBigDecimal("min")),
                      stripped(row.getBigDecimal("max"))));
            });
    return stored.all();
  }

  private static @Nullable BigDecimal stripped(@Nullable BigDecimal number) {
    return number == null ? null : number.stripTrailingZeros();
  }
}
