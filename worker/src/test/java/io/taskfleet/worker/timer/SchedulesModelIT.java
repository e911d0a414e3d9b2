package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Schedules on a real Postgres under a clock of our own, against a model: two relays at a time,
 * that die before, in and after their transactions, and times when nobody is there.
 */
class SchedulesModelIT {
  private static final int STEPS = 60;
  private static final Duration GRACE = ScheduleFixture.LATENESS.grace();
  private static final List<CatchUp> POLICIES = List.of(CatchUp.SKIP, CatchUp.ONCE, CatchUp.ALL);
  private static final String[] ZONES = {
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"
  };
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("schedule_model"));
  private static final ScheduleFixture SCHEDULES = new ScheduleFixture(FLEET);

  @AfterEach
  void clear() {
    SCHEDULES.clear();
  }

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(1, 6), LongStream.of(new Random().nextLong()));
  }

  private record Modelled(Timing timing, CatchUp policy) {}

  @ParameterizedTest
  @MethodSource("seeds")
  void losesAndDoublesNothingHoweverRelaysCrash(long seed) throws Exception {
    Random random = new Random(seed);
    Map<UUID, Modelled> schedules = new HashMap<>();
    for (int i = 0; i < 12; i++) {
      insertRandom(random, schedules);
    }
    // When relays looked, and of these when one of them finished.
    NavigableSet<Instant> looks = new TreeSet<>();
    NavigableSet<Instant> finished = new TreeSet<>();
    Instant now = ScheduleFixture.START;
    try (ExecutorService relays = Executors.newFixedThreadPool(2)) {
      for (int step = 0; step <= STEPS; step++) {
        now =
            now.plusMillis(
                random.nextInt(15) == 0 ? random.nextInt(9_000_000) : random.nextInt(50_000));
        SCHEDULES.set(now);
        looks.add(now);
        Future<?> one = relays.submit(crashing(random.nextLong()));
        Future<?> other = relays.submit(crashing(random.nextLong()));
        one.get();
        other.get();
        if (step == STEPS || random.nextInt(3) > 0) {
          fireAll(SCHEDULES.dataSource());
          finished.add(now);
        }
      }
    }

    for (Map.Entry<UUID, Modelled> each : schedules.entrySet()) {
      check("seed %d: %s".formatted(seed, each), each.getKey(), each.getValue(), looks, finished);
    }
  }

  private static void insertRandom(Random random, Map<UUID, Modelled> schedules) {
    CatchUp policy = POLICIES.get(random.nextInt(3));
    Timing timing;
    Map<String, Object> columns;
    switch (random.nextInt(4)) {
      case 0 -> {
        Instant time = ScheduleFixture.START.plusSeconds(random.nextInt(10_000));
        timing = new Timing.At(time);
        columns = Map.of("fire_at", time.atOffset(ZoneOffset.UTC));
      }
      case 1 -> {
        String cron = "0 */" + random.nextInt(1, 30) + " * * * *";
        String zone = ZONES[random.nextInt(ZONES.length)];
        timing = Cron.parse(cron, ZoneId.of(zone));
        columns = Map.of("cron", cron, "zone", zone);
      }
      default -> {
        Duration period = Duration.ofMillis(random.nextLong(7_000, 900_000));
        timing = new Timing.Every(ScheduleFixture.START, period);
        columns = Map.of("every_ms", period.toMillis());
      }
    }
    timing
        .next(ScheduleFixture.START)
        .ifPresent(
            first ->
                schedules.put(
                    SCHEDULES.insert(columns, policy, first), new Modelled(timing, policy)));
  }

  /** What must have fired has, once; what must not has not. */
  private static void check(
      String what,
      UUID schedule,
      Modelled modelled,
      NavigableSet<Instant> looks,
      NavigableSet<Instant> finished) {
    List<Instant> fired = SCHEDULES.fired(schedule);
    List<Instant> due = new ArrayList<>();
    List<Instant> punctual = new ArrayList<>();
    List<Instant> possible = new ArrayList<>();
    for (Instant each = modelled.timing.next(ScheduleFixture.START).orElseThrow();
        !each.isAfter(finished.last());
        each = modelled.timing.next(each).orElse(Instant.MAX)) {
      due.add(each);
      if (isWithinGrace(each, finished)) {
        punctual.add(each);
      }
      if (isWithinGrace(each, looks)) {
        possible.add(each);
      }
    }
    assertThat(fired).as(what).doesNotHaveDuplicates().containsAll(punctual);
    switch (modelled.policy) {
      case ALL -> assertThat(fired).as(what).isEqualTo(due);
      case ONCE ->
          assertThat(due).as(what).containsAll(fired).hasSizeGreaterThanOrEqualTo(fired.size());
      case SKIP -> assertThat(possible).as(what).containsAll(fired);
    }
    if (modelled.policy == CatchUp.ONCE && !due.isEmpty()) {
      assertThat(fired).as(what).startsWith(due.getFirst());
    }
  }

  private static boolean isWithinGrace(Instant firing, NavigableSet<Instant> looks) {
    Instant look = looks.ceiling(firing);
    return look != null && !look.isAfter(firing.plus(GRACE));
  }

  private static Runnable crashing(long seed) {
    Random random = new Random(seed);
    return () -> fireAll(new Mortal(SCHEDULES.dataSource(), random));
  }

  /** As a worker that has just started. */
  private static void fireAll(DataSource database) {
    Schedules relay = ScheduleFixture.schedules(database);
    while (relay.fireDue().isZero()) {
      // There may be more.
    }
  }

  /** Connections that break at any statement, before a commit, or when it has been done. */
  private static final class Mortal extends DelegatingDataSource {
    private final Random random;

    Mortal(DataSource real, Random random) {
      super(real);
      this.random = random;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection real = super.getConnection();
      return (Connection)
          Proxy.newProxyInstance(
              Mortal.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, method, arguments) -> {
                boolean commits = method.getName().equals("commit");
                if (commits || method.getName().equals("prepareStatement")) {
                  dieAtTimes();
                }
                try {
                  Object answer = method.invoke(real, arguments);
                  if (commits) {
                    dieAtTimes();
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private void dieAtTimes() throws SQLException {
      if (random.nextInt(8) == 0) {
        throw new SQLException("this worker has died");
      }
    }
  }
}
