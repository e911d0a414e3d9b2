package io.taskfleet.worker.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.rollup.Quantiles;
import io.taskfleet.rollup.Rollup;
import io.taskfleet.rollup.Uniques;
import io.taskfleet.worker.Groundwork;
import io.taskfleet.worker.postgres.Transaction;
import io.taskfleet.worker.rollup.StoredEvents.Stored;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Events on their way into the rollups. */
class FoldIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final DataSource DATABASE =
      DataSourceBuilder.create()
          // Rows are inserted one by one.
          .url(SharedLocalStack.createDatabase("fold") + "?options=-c%20synchronous_commit=off")
          .username(STACK.jdbcUser())
          .password(STACK.jdbcPassword())
          .build();
  private static final JdbcClient SQL = JdbcClient.create(DATABASE);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final StoredEvents events = new StoredEvents(SQL, UUID.randomUUID().toString());

  @BeforeAll
  static void createTables() {
    Groundwork.createTables(SQL);
  }

  @Test
  void workersThatFoldSideBySideAndFailCountEachEventOnce() throws Exception {
    Totals expected = new Totals();
    for (int batch = 0; batch < 40; batch++) {
      List<Stored> some =
          IntStream.rangeClosed(0, random.nextInt(60)).mapToObj(_ -> anyEvent()).toList();
      if (random.nextInt(5) == 0) {
        events.storeWithoutBatch(some);
      } else {
        events.store(some);
      }
      some.forEach(event -> count(expected, event));
    }

    try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(workers.submit(foldingWithFailures(random.nextLong())));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }

    assertThat(events.pending()).isZero();
    assertThat(events.buckets()).as("seed %d", seed).isEqualTo(expected.all());
  }

  /** A third of its transactions are not committed. */
  private static Callable<Boolean> foldingWithFailures(long seed) {
    Random failing = new Random(seed);
    Fold fold = new Fold(TestRollups.PROPERTIES);
    return () -> {
      for (int idle = 0; idle < 10; ) {
        try {
          Fold.Done done =
              Transaction.run(
                  DATABASE,
                  connection -> {
                    Fold.Done folded = fold.run(connection, 100);
                    if (failing.nextInt(3) == 0) {
                      throw new SQLException("killed");
                    }
                    return folded;
                  });
          idle = done.folded() == 0 ? idle + 1 : 0;
        } catch (SQLException killed) {
          idle = 0;
        }
      }
      return true;
    };
  }

  private static void count(Totals expected, Stored event) {
    String properties = event.properties();
    expected.add(
        event.name(),
        event.at(),
        event.value(),
        !event.name().equals("purchase") || properties == null
            ? Map.of()
            : Map.of("plan", properties.contains("pro") ? "pro" : "free"));
  }

  private Stored anyEvent() {
    @Nullable String properties =
        switch (random.nextInt(3)) {
          case 0 -> "{\"plan\":\"pro\",\"other\":1}";
          case 1 -> "{\"plan\":\"free\",\"country\":null}";
          default -> null;
        };
    return new Stored(
        List.of("purchase", "visit", "search").get(random.nextInt(3)),
        now.minusSeconds(random.nextInt(3 * 86_400)),
        random.nextBoolean() ? BigDecimal.valueOf(random.nextInt(-500, 500), 2) : null,
        random.nextBoolean() ? "u" + random.nextInt(20) : null,
        properties);
  }

  private Fold.Done foldAll() throws SQLException {
    Fold.Done done =
        Transaction.run(
            DATABASE, connection -> new Fold(TestRollups.PROPERTIES).run(connection, 10_000));
    assertThat(done.isAll()).isTrue();
    return done;
  }

  private Stored purchase(Instant at, String properties) {
    return new Stored("purchase", at, BigDecimal.ONE, "u", properties);
  }

  private long counted(Rollup step, Instant at, String property, String value) {
    return events
        .buckets()
        .getOrDefault(
            new Totals.Key("purchase", step, step.start(at), property, value), Totals.Sums.NONE)
        .count();
  }

  @Test
  void sketchesGrowWithTheirBucketAndMergeAcrossBuckets() throws Exception {
    Instant day = Rollup.DAY.start(now.minus(Duration.ofDays(2)));
    for (int round = 0; round < 5; round++) {
      List<Stored> some = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        some.add(
            new Stored(
                "visit",
                day.plusSeconds(random.nextInt(86_400)),
                BigDecimal.valueOf((round * 400) + i),
                "u" + random.nextInt(1_000),
                null));
      }
      events.store(some);
      foldAll();
    }

    Quantiles minutes = Quantiles.empty();
    Uniques users = Uniques.empty();
    for (Sketch each : sketches(Rollup.MINUTE)) {
      minutes.add(each.quantiles());
      users.add(each.users().bytes());
    }
    Sketch ofDay = sketches(Rollup.DAY).getFirst();

    assertThat(ofDay.quantiles().at(0.95)).isCloseTo(1_900, within(50.0));
    assertThat(minutes.at(0.95)).isCloseTo(1_900, within(50.0));
    assertThat(ofDay.users().count()).isCloseTo(865, within(80L));
    assertThat(users.count()).isCloseTo(ofDay.users().count(), within(40L));
  }

  private record Sketch(Quantiles quantiles, Uniques users) {}

  private List<Sketch> sketches(Rollup step) {
    return SQL.sql(
            "select quantiles, users from analytics_bucket where tenant = ? and step = ? order by start")
        .params(events.tenant(), step.label())
        .query(
            (row, _) -> new Sketch(Quantiles.read(row.getBytes(1)), Uniques.read(row.getBytes(2))))
        .list();
  }

  @Test
  void aLateEventCountsInTheBucketOfItsTime() throws Exception {
    Instant past = now.minus(Duration.ofDays(6));
    events.store(List.of(purchase(past, "{}"), purchase(now, "{}")));
    foldAll();

    events.store(List.of(purchase(past, "{}")));
    foldAll();

    for (Rollup step : Rollup.values()) {
      assertThat(counted(step, past, "", "")).isEqualTo(2);
      assertThat(counted(step, now, "", "")).isEqualTo(1);
    }
  }

  @Test
  void whatIsTooLateOrTooEarlyOrHasNoUsableNameIsLeftOutAndCounted() throws Exception {
    events.store(
        List.of(
            purchase(now.minus(Duration.ofDays(8)), "{}"),
            purchase(Instant.parse("0001-01-01T00:00:00Z"), "{}"),
            purchase(now.plus(Duration.ofHours(2)), "{}"),
            new Stored("n".repeat(5_000), now, null, null, null),
            purchase(now, "{}")));

    Fold.Done done = foldAll();

    assertThat(List.of(done.late(), done.early(), done.unnamed(), done.folded()))
        .containsExactly(2L, 1L, 1L, 1L);
    assertThat(events.buckets()).hasSize(3);
  }

  @Test
  void valuesBeyondTheLimitOfABucketAreLeftToTheRest() throws Exception {
    for (int round = 0; round < 2; round++) {
      List<Stored> some = new ArrayList<>();
      for (int plan = 0; plan < 12; plan++) {
        for (int i = 0; i <= plan; i++) {
          some.add(purchase(now, "{\"plan\":\"p%d\"}".formatted(round == 0 ? plan : 11 - plan)));
        }
      }
      events.store(some);
      foldAll();
    }

    Map<Totals.Key, Totals.Sums> day = new HashMap<>(events.buckets());
    day.keySet().removeIf(key -> key.step() != Rollup.DAY || !key.property().equals("plan"));
    assertThat(counted(Rollup.DAY, now, "plan", "")).isEqualTo(156);
    assertThat(day.keySet().stream().map(Totals.Key::value))
        .as("the most frequent of the first fold stay")
        .containsExactlyInAnyOrder("", "p7", "p8", "p9", "p10", "p11");
    assertThat(counted(Rollup.DAY, now, "plan", "p11")).isEqualTo(13);
  }

  @Test
  void propertiesAreToldApartByTheirTextAndOddOnesHoldNothingUp() throws Exception {
    events.store(
        List.of(
            purchase(now, "{\"plan\":7}"),
            purchase(now, "{\"plan\":true}"),
            purchase(now, "{\"plan\":\"%s\"}".formatted("ü".repeat(300))),
            purchase(now, "{\"plan\":\"\"}"),
            purchase(now, "{\"plan\":null}"),
            purchase(now, "{\"plan\":[1]}"),
            purchase(now, "{\"plan\":\"\\u0000\"}"),
            purchase(now, "{\"plan\":\"\\ud800\"}"),
            purchase(now, "[\"plan\"]"),
            purchase(now, "\"plan\"")));

    foldAll();

    assertThat(counted(Rollup.MINUTE, now, "", "")).isEqualTo(10);
    assertThat(counted(Rollup.MINUTE, now, "plan", "")).isEqualTo(3);
    assertThat(events.buckets().keySet().stream().map(Totals.Key::value).distinct())
        .containsExactlyInAnyOrder("", "7", "true", "ü".repeat(100));
  }

  @Test
  void numbersOfAnySizeAddUpExactly() throws Exception {
    BigDecimal large = new BigDecimal("1e15");
    BigDecimal small = new BigDecimal("1e-30");
    for (BigDecimal value : List.of(large, small, large.negate(), new BigDecimal("1e400"))) {
      events.store(List.of(new Stored("purchase", now, value, null, null)));
      foldAll();
    }

    Totals.Sums sums =
        events.buckets().get(new Totals.Key("purchase", Rollup.DAY, Rollup.DAY.start(now), "", ""));

    assertThat(sums)
        .isEqualTo(
            new Totals.Sums(
                4,
                new BigDecimal("1e400").add(small).stripTrailingZeros(),
                large.negate().stripTrailingZeros(),
                new BigDecimal("1e400").stripTrailingZeros()));
  }

  @Test
  void eventsThatCannotBeAddedUpHoldUpNoOthers() throws Exception {
    BigDecimal huge = new BigDecimal("9e131071");
    events.store(List.of(new Stored("huge", now, huge, null, null)));
    events.store(List.of(new Stored("huge", now, huge, null, null), purchase(now, "{}")));
    events.store(List.of(purchase(now, "{}")));
    Rollups rollups = new Rollups(DATABASE, TestRollups.PROPERTIES);
    int failures = 0;

    while (rollups.setAside() == 0 || events.pending() > 0) {
      try {
        boolean _ = rollups.round();
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains("overflow");
        assertThat(++failures).isLessThan(20);
      }
    }

    assertThat(rollups.setAside()).isEqualTo(1);
    assertThat(rollups.folded()).isEqualTo(2);
    assertThat(
            SQL.sql(
                    "select count from analytics_bucket"
                        + " where tenant = ? and name = 'purchase' and step = '1d'")
                .param(events.tenant())
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }
}
