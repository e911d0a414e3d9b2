package io.taskfleet.worker.timer;

import io.taskfleet.schedule.CatchUp;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Schedules in a database whose clock is in our hands: there {@code now()} is a row of a table. */
final class ScheduleFixture {
  static final Instant START = Instant.parse("2026-10-24T20:00:00Z");
  static final Lateness LATENESS = new Lateness(Duration.ofMinutes(1), Duration.ofDays(7));

  private final TimerFixture fleet;

  ScheduleFixture(TimerFixture fleet) {
    this.fleet = fleet;
    fleet.database.sql("create schema hand").update();
    fleet.database.sql("create table hand.clock (time timestamptz not null)").update();
    fleet.database.sql("insert into hand.clock values (now())").update();
    fleet
        .database
        .sql(
            """
            create function hand.now() returns timestamptz stable language sql
                as 'select time from hand.clock'
            """)
        .update();
    set(START);
  }

  /** Connections to which the time is what was {@link #set}. */
  DataSource dataSource() {
    return new DelegatingDataSource(fleet.dataSource) {
      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        try (Statement statement = connection.createStatement()) {
          statement.execute("set search_path = hand, pg_catalog, public");
        }
        return connection;
      }
    };
  }

  /** As a worker fires them that has just started. */
  static Schedules schedules(DataSource database) {
    return new Schedules(database, "test", LATENESS);
  }

  void set(Instant now) {
    fleet
        .database
        .sql("update hand.clock set time = ?")
        .param(now.atOffset(ZoneOffset.UTC))
        .update();
  }

  /** A schedule made at {@link #START}, whose tasks have its id for a key. */
  UUID insert(Map<String, Object> timing, CatchUp policy, Instant first) {
    UUID id = UUID.randomUUID();
    List<Object> values =
        new ArrayList<>(List.of(id, id.toString(), policy.label(), id.toString()));
    values.add(START.atOffset(ZoneOffset.UTC));
    values.add(first.atOffset(ZoneOffset.UTC));
    values.addAll(timing.values());
    fleet
        .database
        .sql(
            """
            insert into schedule (id, tenant, name, catch_up, ordering_key, enabled, type, priority,
                payload, created_at, updated_at, next_fire_at, %s)
            values (?, 'acme', ?, ?, ?, true, 'analytics', 'normal',
                '{"name": "ü", "value": 1.50}', ?, now(), ?%s)
            """
                .formatted(String.join(", ", timing.keySet()), ", ?".repeat(timing.size())))
        .params(values)
        .update();
    return id;
  }

  UUID insertEvery(Duration period, CatchUp policy) {
    return insert(Map.of("every_ms", period.toMillis()), policy, START.plus(period));
  }

  /** When the tasks of this schedule are for, in order. */
  List<Instant> fired(UUID schedule) {
    return fleet
        .database
        .sql("select run_at from task where ordering_key = ? order by run_at")
        .param(schedule.toString())
        .query((row, _) -> row.getTimestamp(1).toInstant())
        .list();
  }

  void clear() {
    fleet.database.sql("truncate task, schedule").update();
    set(START);
  }
}
