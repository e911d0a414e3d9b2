package io.taskfleet.worker.rollup;

import static io.taskfleet.worker.postgres.Unnest.Type.BYTES;
import static io.taskfleet.worker.postgres.Unnest.Type.INT;
import static io.taskfleet.worker.postgres.Unnest.Type.LONG;
import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;
import static io.taskfleet.worker.postgres.Unnest.Type.TIME;

import io.taskfleet.worker.postgres.Unnest;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rows of {@code analytics_bucket}. Whoever calls holds the locks that writing them takes. */
final class BucketTable {
  /** Rows of which all sketches are in memory. */
  private static final int CHUNK = 500;

  private record Placed<T>(int place, T what) {
    static <T> List<Placed<T>> of(List<T> all) {
      return IntStream.range(0, all.size()).mapToObj(i -> new Placed<>(i, all.get(i))).toList();
    }
  }

  private static final class Sketches {
    static final Sketches NONE = new Sketches(null, null);

    private final byte @Nullable [] quantiles;
    private final byte @Nullable [] users;

    Sketches(byte @Nullable [] quantiles, byte @Nullable [] users) {
      this.quantiles = quantiles;
      this.users = users;
    }

    Sketches with(Bucket.Row row) {
      return row.hasSketches()
          ? new Sketches(row.tally().quantiles(quantiles), row.tally().users(users))
          : NONE;
    }
  }

  private record Addition(Bucket.Row row, Sketches sketches) {}

  private static final Unnest<Placed<Bucket.Grouped>> OF_GROUPED =
      grouped(Unnest.<Placed<Bucket.Grouped>>by("place", INT, Placed::place), Placed::what);

  private static final Unnest<Placed<Bucket.Row>> OF_ROWS =
      grouped(
              Unnest.<Placed<Bucket.Row>>by("place", INT, Placed::place),
              placed -> placed.what().grouped())
          .with("value", TEXT, placed -> placed.what().value());

  private static final Unnest<Addition> OF_ADDITIONS =
      grouped(
              Unnest.<Addition>by("value", TEXT, addition -> addition.row().value()),
              addition -> addition.row().grouped())
          .with("count", LONG, addition -> addition.row().tally().count())
          .with("sum", TEXT, addition -> addition.row().tally().sum().toString())
          .with("min", TEXT, addition -> text(addition.row().tally().min()))
          .with("max", TEXT, addition -> text(addition.row().tally().max()))
          .with("quantiles", BYTES, addition -> addition.sketches().quantiles)
          .with("users", BYTES, addition -> addition.sketches().users);

  private static final String VALUES =
      """
      select place, known.value from (%s) as new
        join analytics_bucket as known using (tenant, name, step, property, start)
       where known.value <> ''
      """;

  private static final String SKETCHES =
      """
      select place, quantiles, users from (%s) as new
        join analytics_bucket using (tenant, name, step, property, start, value)
      """;

  private static final String ADD =
      """
      insert into analytics_bucket as known
          (tenant, name, step, property, start, value, count, sum, min, max, quantiles, users)
      select tenant, name, step, property, start, value, count, sum::numeric, min::numeric,
          max::numeric, quantiles, users
        from (%s) as new
      on conflict (tenant, name, step, property, start, value) do update set
          count = known.count + excluded.count, sum = known.sum + excluded.sum,
          min = least(known.min, excluded.min), max = greatest(known.max, excluded.max),
          quantiles = coalesce(excluded.quantiles, known.quantiles),
          users = coalesce(excluded.users, known.users)
      """;

  private static <T> Unnest<T> grouped(Unnest<T> rows, Function<T, Bucket.Grouped> grouped) {
    return rows.with("tenant", TEXT, row -> grouped.apply(row).bucket().tenant())
        .with("name", TEXT, row -> grouped.apply(row).bucket().name())
        .with("step", TEXT, row -> grouped.apply(row).bucket().step().label())
        .with("property", TEXT, row -> grouped.apply(row).property())
        .with("start", TIME, row -> grouped.apply(row).bucket().start());
  }

  /** The values that these have rows for. */
  Map<Bucket.Grouped, Set<String>> values(Connection connection, List<Bucket.Grouped> all)
      throws SQLException {
    Map<Bucket.Grouped, Set<String>> values = new HashMap<>();
    for (int from = 0; from < all.size(); from += CHUNK) {
      List<Bucket.Grouped> some = all.subList(from, Math.min(all.size(), from + CHUNK));
      try (PreparedStatement select = OF_GROUPED.prepare(connection, VALUES, Placed.of(some));
          ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          values
              .computeIfAbsent(some.get(rows.getInt("place")), _ -> new HashSet<>())
              .add(rows.getString("value"));
        }
      }
    }
    return values;
  }

  /** Adds these to what is there. */
  void add(Connection connection, List<Bucket.Row> all) throws SQLException {
    for (int from = 0; from < all.size(); from += CHUNK) {
      addChunk(connection, all.subList(from, Math.min(all.size(), from + CHUNK)));
    }
  }

  private static void addChunk(Connection connection, List<Bucket.Row> rows) throws SQLException {
    List<Sketches> known = sketches(connection, rows);
    List<Addition> additions = new ArrayList<>();
    for (Placed<Bucket.Row> placed : Placed.of(rows)) {
      additions.add(new Addition(placed.what(), known.get(placed.place()).with(placed.what())));
    }
    try (PreparedStatement insert = OF_ADDITIONS.prepare(connection, ADD, additions)) {
      insert.executeUpdate();
    }
  }

  private static List<Sketches> sketches(Connection connection, List<Bucket.Row> all)
      throws SQLException {
    List<Sketches> known = new ArrayList<>(Collections.nCopies(all.size(), Sketches.NONE));
    try (PreparedStatement select = OF_ROWS.prepare(connection, SKETCHES, Placed.of(all));
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        known.set(
            rows.getInt("place"), new Sketches(rows.getBytes("quantiles"), rows.getBytes("users")));
      }
    }
    return known;
  }

  private static @Nullable String text(@Nullable BigDecimal number) {
    return number == null ? null : number.toString();
  }
}
