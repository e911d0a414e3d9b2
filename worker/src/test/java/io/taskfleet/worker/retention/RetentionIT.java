package io.taskfleet.worker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.timer.TimerFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is kept for thirty days (what has ended) and ninety (what is dead). */
class RetentionIT {
  private static final RetentionProperties KEEP =
      new RetentionProperties(Duration.ofDays(30), Duration.ofDays(90));
  // As a worker's connections are set.
  private static final String AS_IN_A_WORKER =
      "?options=-c%20enable_seqscan=off%20-c%20plan_cache_mode=force_generic_plan";
  private static final TimerFixture FLEET =
      new TimerFixture(
          SharedLocalStack.get(), SharedLocalStack.createDatabase("retention") + AS_IN_A_WORKER);
  private static final JdbcClient SQL = FLEET.database;

  private final Retention retention = new Retention(FLEET.dataSource, KEEP);

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @BeforeEach
  void begin() {
    SQL.sql("truncate task, task_attempt, email_undecided, batch, redrive, app_user cascade")
        .update();
    SQL.sql(
            "update retention set tenant = default, after_time = default, after_id = default,"
                + " continue_at = default")
        .update();
  }

  @Test
  void deletesWhatEndedLongAgoAndWhatHangsOnItAndNothingElse() throws Exception {
    List<UUID> kept = new ArrayList<>();
    for (String tenant : List.of("acme", "Zebra", "ähre")) {
      task(tenant, "succeeded", 31, 31);
      task(tenant, "cancelled", 400, 31);
      task(tenant, "expired", 31, 31);
      task(tenant, "dead", 91, 91);
      kept.add(task(tenant, "succeeded", 400, 29));
      kept.add(task(tenant, "cancelled", 29, 29));
      kept.add(task(tenant, "expired", 29, 29));
      kept.add(task(tenant, "dead", 400, 89));
      for (String state : List.of("scheduled", "queued", "running", "retrying", "deferred")) {
        kept.add(task(tenant, state, 400, null));
        // What is left of an earlier end must not count.
        kept.add(task(tenant, state, 400, 399));
      }
    }

    walk(retention);

    assertThat(ids("select id from task")).containsExactlyInAnyOrderElementsOf(kept);
    assertThat(ids("select task_id from task_attempt")).containsExactlyInAnyOrderElementsOf(kept);
    assertThat(ids("select task_id from email_undecided"))
        .containsExactlyInAnyOrderElementsOf(kept);
    assertThat(deleted(retention, "ended")).isEqualTo(9);
    assertThat(deleted(retention, "dead")).isEqualTo(3);
  }

  @Test
  void anInboxIsItsUsersOwn() throws Exception {
    UUID task = task("acme", "succeeded", 31, 31);
    UUID user = UUID.randomUUID();
    SQL.sql(
            "insert into app_user (tenant, id, email, status, created_at, updated_at)"
                + " values ('acme', ?, 'a@example.com', 'active', now(), now())")
        .param(user)
        .update();
    SQL.sql(
            "insert into inbox_notification (tenant, id, user_id, message, created_at)"
                + " values ('acme', ?, ?, 'm', now() - interval '31 days')")
        .params(task, user)
        .update();

    walk(retention);

    assertThat(ids("select id from task")).isEmpty();
    assertThat(ids("select id from inbox_notification")).containsExactly(task);
  }

  @Test
  void deletesFewAtATimeAndReadsWhatIsKeptOnce() throws Exception {
    int kept = 1_500;
    int due = 2_500;
    tasks("acme", "dead", kept, 80);
    tasks("acme", "succeeded", due, 50);
    tasks("acme", "succeeded", 5_000, 20);

    List<Long> deleted = new ArrayList<>();
    long read =
        FLEET.rowsRead(
            own -> {
              JdbcClient sql = JdbcClient.create(own);
              Retention alone = new Retention(own, KEEP);
              while (!isAtTheEnd(sql)) {
                long before = alone.deleted().ended();
                Duration _ = alone.step();
                deleted.add(alone.deleted().ended() - before);
                goOn(sql);
              }
            });

    assertThat(deleted).allMatch(each -> each <= Retention.SLICE);
    assertThat(deleted.stream().mapToLong(each -> each).sum()).isEqualTo(due);
    assertThat(count("task")).isEqualTo(6_500);
    // Once to look, once to lock, once to delete; and a few to see where a tenant's tasks begin.
    assertThat(read).isBetween(kept + 3L * due, kept + 3L * due + 200);
  }

  @Test
  void goesThroughAnyNumberOfTenantsAFewAtATime() throws Exception {
    SQL.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload_hash, worker, created_at, finished_at)
            select gen_random_uuid(), 'tenant-' || i, 'script', 'normal', 'k', 'succeeded', 1, 1,
                '', 'w', now() - interval '40 days', now() - interval '40 days'
              from generate_series(1, 500) as i
            """)
        .update();

    Duration _ = retention.step();
    Duration _ = retention.step();

    assertThat(count("task")).isBetween(350L, 450L);
    walk(retention);
    assertThat(count("task")).isZero();
  }

  @Test
  void waitsForNobodyWhoIsAtATaskOrABatch() throws Exception {
    UUID locked = task("acme", "dead", 100, 100);
    task("acme", "dead", 100, 100);
    UUID batch = batch(1, 31);
    try (Connection other = FLEET.dataSource.getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select from batch for update");
      // As a redrive does it.
      statement.executeUpdate(
          "update task set state = 'queued', finished_at = null where id = '%s'".formatted(locked));

      walk(retention);

      assertThat(ids("select id from task")).containsExactly(locked);
      assertThat(ids("select id from batch")).containsExactly(batch);
      other.commit();
    }
    walk(retention);
    assertThat(ids("select id from task")).containsExactly(locked);
    assertThat(ids("select id from batch")).isEmpty();
  }

  @Test
  void leavesTheWalkToWhoeverIsAtItAndRestsWithTheOthers() throws Exception {
    tasks("acme", "succeeded", 10, 40);
    try (Connection other = FLEET.dataSource.getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select from retention for update");

      assertThat(retention.step()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
      other.rollback();
    }
    SQL.sql("update retention set continue_at = now() + interval '1 hour'").update();
    assertThat(retention.step()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    assertThat(count("task")).isEqualTo(10);
  }

  @Test
  void workersSideBySideDeleteEachTaskOnce() throws Exception {
    tasks("acme", "succeeded", 3_000, 40);
    tasks("acme", "succeeded", 500, 20);
    tasks("bolt", "cancelled", 3_000, 40);
    List<Retention> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Retention worker = new Retention(FLEET.dataSource, KEEP);
        workers.add(worker);
        all.add(
            threads.submit(
                () -> {
                  walk(worker);
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }

    assertThat(workers.stream().mapToLong(each -> each.deleted().ended()).sum()).isEqualTo(6_000);
    assertThat(count("task")).isEqualTo(500);
  }

  @Test
  void noDeadTaskIsDeletedWhileSomeAreRedriven() throws Exception {
    UUID dead = task("acme", "dead", 100, 100);
    task("acme", "succeeded", 100, 100);
    SQL.sql("insert into redrive (id, per_second, requested_by) values (gen_random_uuid(), 1, 'a')")
        .update();

    walk(retention);
    assertThat(ids("select id from task")).containsExactly(dead);

    SQL.sql("update redrive set state = 'done'").update();
    walk(retention);
    assertThat(count("task")).isZero();
  }

  @Test
  void aBatchGoesAfterTheLastOfItsTasks() throws Exception {
    UUID withDead = batch(2, 40);
    UUID running = batch(1, null);
    UUID young = batch(1, 29);
    batch(1, 31);
    UUID dead = task("acme", "dead", 40, 40);
    UUID done = task("acme", "succeeded", 40, 40);
    SQL.sql("update task set batch_id = ? where id in (?, ?)")
        .params(withDead, dead, done)
        .update();

    walk(retention);

    assertThat(ids("select id from task")).containsExactly(dead);
    assertThat(ids("select id from batch")).containsExactlyInAnyOrder(withDead, running, young);
    assertThat(deleted(retention, "batch")).isEqualTo(1);
    SQL.sql("update task set finished_at = now() - interval '91 days'").update();
    walk(retention);
    walk(retention);
    assertThat(ids("select id from batch")).containsExactlyInAnyOrder(running, young);
  }

  @Test
  void manyBatchesAreLookedAtAFewAtATime() throws Exception {
    SQL.sql(
            "insert into batch (id, tenant, total, finished_at) select gen_random_uuid(), 'acme', 1,"
                + " now() - i * interval '1 day' from generate_series(1, 2500) as i")
        .update();

    walk(retention);

    assertThat(count("batch")).isEqualTo(29);
  }

  @Test
  void zeroIsForEver() throws Exception {
    task("acme", "dead", 1_000, 1_000);
    task("acme", "succeeded", 1_000, 1_000);

    Retention all =
        new Retention(
            FLEET.dataSource, new RetentionProperties(Duration.ZERO, Duration.ofDays(90)));
    assertThat(all.take()).isNull();
    assertThat(count("task")).isEqualTo(2);

    walk(
        new Retention(
            FLEET.dataSource, new RetentionProperties(Duration.ofDays(30), Duration.ZERO)));
    assertThat(SQL.sql("select state from task").query(String.class).list())
        .containsExactly("dead");
  }

  @Test
  void whatFailsIsTriedAgainWithLess() throws Exception {
    tasks("acme", "succeeded", 2_000, 40);
    SQL.sql(
            """
            create function fail_beyond() returns trigger language plpgsql as $$
            begin
              if (select count(*) from gone) > 300 then raise exception 'too much'; end if;
              return null;
            end $$
            """)
        .update();
    SQL.sql(
            "create trigger fail_beyond after delete on task referencing old table as gone"
                + " for each statement execute function fail_beyond()")
        .update();
    try {
      int failures = 0;
      while (count("task") > 0) {
        try {
          Duration _ = retention.step();
        } catch (SQLException tooMuch) {
          failures++;
        }
        goOn(SQL);
      }
      assertThat(failures).isPositive();
      assertThat(retention.deleted().ended()).isEqualTo(2_000);
    } finally {
      SQL.sql("drop trigger fail_beyond on task").update();
    }
  }

  /** From the beginning to the end of both walks, without the rests. */
  private static void walk(Retention retention) throws SQLException {
    SQL.sql("update retention set continue_at = '-infinity' where continue_at > now()").update();
    while (!isAtTheEnd(SQL)) {
      Duration _ = retention.step();
      goOn(SQL);
    }
  }

  private static void goOn(JdbcClient database) {
    database
        .sql(
            "update retention set continue_at = now()"
                + " where continue_at between now() and now() + interval '5 minutes'")
        .update();
  }

  private static boolean isAtTheEnd(JdbcClient database) {
    return database
            .sql("select count(*) from retention where continue_at < now() + interval '5 minutes'")
            .query(Long.class)
            .single()
        == 0;
  }

  private static double deleted(Retention retention, String kind) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new RetentionMeters(retention).bindTo(registry);
    return registry.get(RetentionMeters.DELETED).tag("kind", kind).functionCounter().count();
  }

  private static UUID task(
      String tenant, String state, int createdDaysAgo, @Nullable Integer endedDaysAgo) {
    UUID id = UUID.randomUUID();
    SQL.sql(
            """
            with task as (
              insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                  payload_hash, worker, created_at, finished_at)
              values (:id, :tenant, 'email', 'normal', 'k', :state, 1, 1, '', 'w',
                  now() - :created * interval '1 day',
                  now() - cast(:ended as integer) * interval '1 day')),
            attempt as (
              insert into task_attempt (task_id, delivery, attempt, outcome, error_class,
                  error_detail, worker, finished_at)
              values (:id, 1, 1, 'retrying', 'timeout', '', 'w', now()))
            insert into email_undecided (task_id, provider, noted_at) values (:id, 'p', now())
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("state", state)
        .param("created", createdDaysAgo)
        .param("ended", endedDaysAgo)
        .update();
    return id;
  }

  /** So many, over a day that was so long ago. */
  private static void tasks(String tenant, String state, int count, int daysAgo) {
    SQL.sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload_hash, worker, created_at, finished_at)
            select gen_random_uuid(), :tenant, 'script', 'normal', 'k', :state, 1, 1, '', 'w',
                at, at + interval '1 second'
              from (select now() - :days * interval '1 day' - i * interval '1 second' as at
                      from generate_series(1, :count) as i) as times
            """)
        .param("tenant", tenant)
        .param("state", state)
        .param("count", count)
        .param("days", daysAgo)
        .update();
  }

  private static UUID batch(int total, @Nullable Integer endedDaysAgo) {
    UUID id = UUID.randomUUID();
    SQL.sql(
            "insert into batch (id, tenant, total, created_at, finished_at) values (:id, 'acme',"
                + " :total, now() - interval '400 days',"
                + " now() - cast(:ended as integer) * interval '1 day')")
        .param("id", id)
        .param("total", total)
        .param("ended", endedDaysAgo)
        .update();
    return id;
  }

  private static List<UUID> ids(String sql) {
    return SQL.sql(sql).query(UUID.class).list();
  }

  private static long count(String table) {
    return SQL.sql("select count(*) from " + table).query(Long.class).single();
  }
}
