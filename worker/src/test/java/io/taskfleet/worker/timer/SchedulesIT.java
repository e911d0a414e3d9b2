package io.taskfleet.worker.timer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.task.TaskIds;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What firing a schedule does to the tables. */
class SchedulesIT {
  private static final Logger log = LoggerFactory.getLogger(SchedulesIT.class);
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("schedules"));
  private static final ScheduleFixture SCHEDULES = new ScheduleFixture(FLEET);

  @AfterEach
  void clear() {
    SCHEDULES.clear();
  }

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void aFiringIsATaskThatIsDueAndHasTheBytesOfThePayload() throws Exception {
    UUID schedule = SCHEDULES.insertEvery(Duration.ofHours(1), CatchUp.SKIP);
    FLEET
        .database
        .sql(
            """
            update schedule set ordering_key = null, max_attempts = 3, tags = 'a,b',
                callback_url = 'https://example.com/'
            """)
        .update();
    Instant firing = ScheduleFixture.START.plusSeconds(3_600);

    fireAllAt(firing.plusSeconds(2));

    UUID task = TaskIds.fromSchedule(schedule, firing);
    String payload = "{\"name\": \"ü\", \"value\": 1.50}";
    assertThat(
            FLEET.count(
                """
                select count(*) from task where id = ? and ordering_key = ? and state = 'scheduled'
                   and delivery = 0 and attempt = 0 and max_attempts = 3 and tenant = 'acme'
                   and tags = 'a,b' and callback_url = 'https://example.com/'
                   and due_at = run_at and run_at = ?::timestamptz
                   and created_at = ?::timestamptz and payload::text = ? and payload_hash = ?
                """,
                task,
                task.toString(),
                firing.toString(),
                firing.plusSeconds(2).toString(),
                payload,
                MessageDigest.getInstance("SHA-256").digest(payload.getBytes(UTF_8))))
        .isEqualTo(1);
    assertThat(
            FLEET.count(
                """
                select count(*) from schedule where next_fire_at = ?::timestamptz
                   and last_fired_at = ?::timestamptz and last_task_id = ?
                """,
                firing.plusSeconds(3_600).toString(),
                firing.plusSeconds(2).toString(),
                task))
        .isEqualTo(1);
  }

  @Test
  void firesEachOnceHoweverManyRelaysLook() throws Exception {
    List<UUID> schedules =
        IntStream.range(0, 300)
            .mapToObj(_ -> SCHEDULES.insertEvery(Duration.ofSeconds(20), CatchUp.ALL))
            .toList();
    SCHEDULES.set(ScheduleFixture.START.plusSeconds(70));

    long start = System.nanoTime();
    try (ExecutorService relays = Executors.newFixedThreadPool(4)) {
      List<Future<?>> ends =
          Stream.<Future<?>>generate(() -> relays.submit(() -> fireAll(SCHEDULES.dataSource())))
              .limit(4)
              .toList();
      for (Future<?> end : ends) {
        end.get();
      }
    }
    fireAll(SCHEDULES.dataSource());

    log.info("900 firings by four relays: {} ms", (System.nanoTime() - start) / 1_000_000);
    assertThat(FLEET.count("select count(*) from task")).isEqualTo(900);
    assertThat(schedules).allSatisfy(each -> assertThat(SCHEDULES.fired(each)).hasSize(3));
  }

  @Test
  void aFiringThatWasMadeBeforeIsNotMadeAgain() {
    UUID schedule = SCHEDULES.insertEvery(Duration.ofSeconds(10), CatchUp.ALL);
    fireAllAt(ScheduleFixture.START.plusSeconds(35));
    FLEET
        .database
        .sql("update schedule set next_fire_at = next_fire_at - interval '20 seconds'")
        .update();

    fireAllAt(ScheduleFixture.START.plusSeconds(45));

    assertThat(SCHEDULES.fired(schedule)).hasSize(4).doesNotHaveDuplicates();
  }

  @Test
  void aNightlyScheduleFiresOnceInTheNightWithAnHourTwice() {
    UUID nightly =
        SCHEDULES.insert(
            Map.of("cron", "0 30 2 * * *", "zone", "Europe/Berlin"),
            CatchUp.ALL,
            Instant.parse("2026-10-25T00:30:00Z"));

    for (int minutes = 0; minutes < 3_000; minutes += 10) {
      fireAllAt(ScheduleFixture.START.plusSeconds(minutes * 60L));
    }

    assertThat(SCHEDULES.fired(nightly))
        .containsExactly(
            Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  void whatFiresNoMoreIsLeftAlone() {
    Instant end = ScheduleFixture.START.plusSeconds(25);
    UUID ending = SCHEDULES.insertEvery(Duration.ofSeconds(10), CatchUp.ALL);
    FLEET
        .database
        .sql("update schedule set expires_at = ?::timestamptz")
        .param(end.toString())
        .update();
    UUID disabled = SCHEDULES.insertEvery(Duration.ofSeconds(10), CatchUp.ALL);
    FLEET
        .database
        .sql("update schedule set enabled = false, next_fire_at = null where id = ?")
        .param(disabled)
        .update();

    fireAllAt(ScheduleFixture.START.plusSeconds(100));

    assertThat(SCHEDULES.fired(ending)).hasSize(2);
    assertThat(SCHEDULES.fired(disabled)).isEmpty();
    assertThat(FLEET.count("select count(*) from schedule where next_fire_at is null"))
        .isEqualTo(2);
  }

  @Test
  void aScheduleThatCannotBeReadHoldsUpNoOther() {
    for (int i = 0; i < 150; i++) {
      SCHEDULES.insert(
          Map.of("cron", "0 0 * * * *", "zone", "Atlantis/Capital"),
          CatchUp.ALL,
          ScheduleFixture.START);
    }
    UUID sound = SCHEDULES.insertEvery(Duration.ofSeconds(10), CatchUp.ALL);
    SCHEDULES.set(ScheduleFixture.START.plusSeconds(15));

    Schedules relay = ScheduleFixture.schedules(SCHEDULES.dataSource());
    Duration first = relay.fireDue();

    assertThat(first).as("there are more").isZero();
    assertThat(relay.fireDue()).isZero();
    assertThat(SCHEDULES.fired(sound)).hasSize(1);
    assertThat(FLEET.count("select count(*) from schedule where next_fire_at is not null"))
        .isEqualTo(151);
  }

  @Test
  void makesOnlySoManyBytesAtOnce() {
    UUID large = SCHEDULES.insertEvery(Duration.ofSeconds(60), CatchUp.ALL);
    FLEET
        .database
        .sql("update schedule set payload = json_build_object('name', repeat('x', 1000000))")
        .update();
    SCHEDULES.set(ScheduleFixture.START.plusSeconds(6_000));

    Schedules relay = ScheduleFixture.schedules(SCHEDULES.dataSource());
    relay.fireDue();

    assertThat(SCHEDULES.fired(large)).hasSize(16);
    fireAll(SCHEDULES.dataSource());
    assertThat(SCHEDULES.fired(large)).hasSize(100);
  }

  @Test
  void costsOneLookASecondWhileNothingIsDue() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      SCHEDULES.insertEvery(Duration.ofDays(1), CatchUp.ALL);
    }
    AtomicInteger connections = new AtomicInteger();
    DataSource counted =
        new DelegatingDataSource(SCHEDULES.dataSource()) {
          @Override
          public Connection getConnection() throws SQLException {
            connections.incrementAndGet();
            return super.getConnection();
          }
        };
    Schedules relay = ScheduleFixture.schedules(counted);

    long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
    while (System.nanoTime() < end) {
      assertThat(relay.fireDue()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    assertThat(connections).hasValue(1);
    assertThat(FLEET.rowsRead("schedule", database -> fireAll(database))).isLessThan(10);
  }

  private static void fireAllAt(Instant now) {
    SCHEDULES.set(now);
    fireAll(SCHEDULES.dataSource());
  }

  /** As a worker that has just started. */
  private static void fireAll(DataSource database) {
    Schedules relay = ScheduleFixture.schedules(database);
    while (relay.fireDue().isZero()) {
      // There may be more.
    }
  }
}
