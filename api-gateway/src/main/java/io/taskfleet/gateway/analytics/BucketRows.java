package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.analytics.TopView.Group;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.rollup.Rollup;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The rollups of all tenants in Postgres. */
final class BucketRows {
  /** Of the property; stands for all events, or all that have the property. */
  private static final String ALL = "";

  /** Sketches in memory. */
  private static final int FETCH = 200;

  private static final String RANGE =
      """
        from analytics_bucket
       where tenant = :tenant and name = :name and step = :step and property = :property
         and start >= :from and start < :to
      """;

  private static final String SERIES =
      "select start, value, %s as measured" + RANGE + " and value = any (:values) order by start";

  private static final String TOP =
      "select value, sum(count) as count, sum(sum) as sum"
          + RANGE
          + " and value <> '' group by value order by 2 desc, 1 limit :limit";

  private static final String TOTAL =
      "select coalesce(sum(count), 0) as count, coalesce(sum(sum), 0) as sum"
          + RANGE
          + " and value = ''";

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Turns turns;

  BucketRows(JdbcClient jdbc, TransactionOperations transactions, AnalyticsProperties properties) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.turns =
        new Turns(
            properties.queriesAtOnce(), properties.patience(), "analytics cannot be read now");
  }

  SeriesView series(String tenant, SeriesQuery query) {
    return ask(() -> read(tenant, query));
  }

  TopView top(String tenant, TopQuery query) {
    return ask(() -> read(tenant, query));
  }

  /** In a transaction rows come a few at a time. */
  private <T> T ask(Supplier<T> reading) {
    return turns.ask(transactions, reading);
  }

  private SeriesView read(String tenant, SeriesQuery query) {
    requireKept(query.range());
    Chart chart = new Chart(query);
    String by = query.by();
    List<String> values = new ArrayList<>();
    if (by != null) {
      top(tenant, query.name(), by, query.range().coarse(), query.limit())
          .forEach(group -> values.add(group.group()));
    }
    if (by == null || query.metric().isAdditive()) {
      values.add(ALL);
    }
    statement(
            SERIES.formatted(query.metric().column()),
            new Place(tenant, query.name(), by == null ? ALL : by, query.range()))
        .param("values", values.toArray(String[]::new))
        .withFetchSize(FETCH)
        .query(chart::take);
    return chart.view(values);
  }

  private TopView read(String tenant, TopQuery query) {
    Range range = stillKept(query.range());
    List<Group> groups = top(tenant, query.name(), query.by(), range, query.limit());
    TopView.Other all =
        statement(TOTAL, new Place(tenant, query.name(), query.by(), range))
            .query((row, _) -> new TopView.Other(row.getLong("count"), row.getBigDecimal("sum")))
            .single();
    return new TopView(
        query.name(), query.by(), range.from(), range.to(), groups, without(all, groups));
  }

  private static TopView.@Nullable Other without(TopView.Other all, List<Group> groups) {
    long count = all.count();
    BigDecimal sum = all.sum();
    for (Group group : groups) {
      count -= group.count();
      sum = sum.subtract(group.sum());
    }
    return count == 0 ? null : new TopView.Other(count, sum);
  }

  private List<Group> top(String tenant, String name, String by, Range range, int limit) {
    return statement(TOP, new Place(tenant, name, by, range))
        .param("limit", limit)
        .query(
            (row, _) ->
                new Group(row.getString("value"), row.getLong("count"), row.getBigDecimal("sum")))
        .list();
  }

  private record Place(String tenant, String name, String property, Range range) {}

  private JdbcClient.StatementSpec statement(String sql, Place place) {
    return jdbc.sql(sql)
        .param("tenant", place.tenant())
        .param("name", place.name())
        .param("property", place.property())
        .param("step", place.range().rollup().label())
        .param("from", time(place.range().from()))
        .param("to", time(place.range().to()));
  }

  private void requireKept(Range range) {
    Instant since = since(range.rollup());
    if (range.from().isBefore(since)) {
      throw notKept(range.rollup(), since);
    }
  }

  /** This time, in the finest buckets of it that are still there: nobody has asked for a step. */
  private Range stillKept(Range asked) {
    for (Rollup rollup : Rollup.values()) {
      Range range = Range.of(rollup.length(), asked.from(), asked.to());
      if (rollup.compareTo(asked.rollup()) >= 0 && !range.from().isBefore(since(rollup))) {
        return range;
      }
    }
    throw notKept(Rollup.DAY, since(Rollup.DAY));
  }

  private Instant since(Rollup rollup) {
    return jdbc.sql("select since from analytics_kept where what = ?")
        .param(rollup.label())
        .query(OffsetDateTime.class)
        .single()
        .toInstant();
  }

  private static ProblemException notKept(Rollup rollup, Instant since) {
    String detail =
        switch (rollup) {
          case MINUTE -> "minutes are kept since %s, hours and days for longer";
          case HOUR -> "hours are kept since %s, days for longer";
          case DAY -> "days are kept since %s";
        };
    return QueryParameters.refused("from", detail.formatted(since.truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Object time(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
