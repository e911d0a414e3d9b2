package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a redrive does to the table. */
class RedrivesIT {
  /** As Postgres does. */
  private static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("redrives"));

  private final List<UUID> moved = new ArrayList<>();
  private final Redrives redrives = new Redrives(FLEET.dataSource, 2, INTERVAL, moved::addAll);

  @AfterEach
  void clear() {
    FLEET.database.sql("truncate task, task_attempt, redrive, batch").update();
  }

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void givesFreshAttemptsAndKeepsTheDeliveryThatTellsDuplicates() throws Exception {
    UUID task = FLEET.insertDead("email", "REJECTED");

    UUID redrive = redrive("per_second", 100);
    carryOut(redrive);

    assertThat(
            FLEET.count(
                """
                select count(*) from task where id = ? and state = 'queued' and due_at <= now()
                   and attempt = 0 and delivery = 4 and redrive_count = 1 and error_code is null
                   and error_class is null and error_detail is null and first_failed_at is null
                   and started_at is null and finished_at is null
                """,
                task))
        .isEqualTo(1);
    assertThat(
            FLEET.count(
                """
                select count(*) from task_attempt where task_id = ? and delivery = 4
                   and attempt = 3 and outcome = 'redriven' and worker = 'ops'
                   and error_class = 'operator' and error_detail = ?
                """,
                task,
                "redrive " + redrive))
        .isEqualTo(1);
    assertThat(counters(redrive)).isEqualTo("done 1 0");
  }

  @Test
  void refusesWhatIsAtItsCapOrWasNeverKept() throws Exception {
    UUID capped = FLEET.insertDead("email", "RETRIES_EXHAUSTED");
    UUID undecodable = FLEET.insertDead("email", "MALFORMED");
    UUID fit = FLEET.insertDead("email", "RETRIES_EXHAUSTED");
    FLEET.database.sql("update task set redrive_count = 2 where id = ?").param(capped).update();
    FLEET.database.sql("update task set payload = null where id = ?").param(undecodable).update();

    UUID redrive = redrive("per_second", 100);
    carryOut(redrive);

    assertThat(counters(redrive)).isEqualTo("done 1 2");
    assertThat(codeOf(capped)).isEqualTo("dead REDRIVE_LIMIT");
    assertThat(codeOf(undecodable)).isEqualTo("dead MALFORMED");
    assertThat(codeOf(fit)).isEqualTo("queued ");
    assertThat(moved).containsExactly(fit);
  }

  @Test
  void everyFilterNarrowsAndNoFilterMeansAll() throws Exception {
    UUID email = FLEET.insertDead("email", "REJECTED");
    UUID event = FLEET.insertDead("analytics", "RETRIES_EXHAUSTED");
    FLEET
        .database
        .sql("update task set tenant = 'acme', error_class = null where id = ?")
        .param(event)
        .update();

    assertThat(movedBy("type", "email")).containsExactly(email);
    assertThat(movedBy("tenant", "acme")).containsExactly(event);
    assertThat(movedBy("error_code", "RETRIES_EXHAUSTED")).containsExactly(event);
    assertThat(movedBy("error_class", "transient")).containsExactly(email);
    assertThat(movedBy("task_ids", "{%s}".formatted(event))).containsExactly(event);
    assertThat(movedBy("died_from", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))).isEmpty();
    assertThat(movedBy("died_until", OffsetDateTime.now(ZoneOffset.UTC).minusHours(1))).isEmpty();
    assertThat(movedBy("per_second", 7)).containsExactlyInAnyOrder(email, event);
  }

  private List<UUID> movedBy(String column, Object value) throws SQLException {
    carryOut(redrive(column, value));
    List<UUID> moved =
        FLEET.database.sql("select id from task where state = 'queued'").query(UUID.class).list();
    FLEET
        .database
        .sql(
            """
            update task set state = 'dead', due_at = null, redrive_count = 0,
                finished_at = now() - interval '1 second', error_class = 'transient',
                error_code = case type when 'email' then 'REJECTED' else 'RETRIES_EXHAUSTED' end
             where state = 'queued'
            """)
        .update();
    FLEET.database.sql("update task set error_class = null where tenant = 'acme'").update();
    return moved;
  }

  @Test
  void looksAtSoManyAtATimeHoweverFewPassItsFilters() throws Exception {
    insertDead(12_000);
    UUID rare = FLEET.insertDead("email", "RARE");
    UUID redrive = redrive("error_code", "RARE");

    long read = FLEET.rowsRead(this::moveSliceOn);
    carryOut(redrive);

    assertThat(read).isLessThan(6_000);
    assertThat(moved).containsExactly(rare);
    assertThat(counters(redrive)).isEqualTo("done 1 0");
  }

  @Test
  void findsNamedTasksWithoutLookingAtOthers() throws Exception {
    insertDead(12_000);
    UUID named = FLEET.insertDead("email", "RARE");
    UUID redrive = redrive("task_ids", "{%s}".formatted(named));

    long read = FLEET.rowsRead(this::moveSliceOn);

    assertThat(read).isLessThan(100);
    assertThat(moved).containsExactly(named);
    assertThat(counters(redrive)).isEqualTo("running 1 0");
  }

  private void moveSliceOn(DataSource database) throws SQLException {
    assertThat(new Redrives(database, 2, INTERVAL, moved::addAll).moveSlice()).isTrue();
  }

  private static void insertDead(int count) {
    FLEET
        .database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, worker, created_at, error_code, finished_at)
            select gen_random_uuid(), 'default', 'email', 'normal', 'key', 'dead', 3, 4, '{}',
                sha256('x'), 'test', now(), 'FREQUENT', now() - interval '1 hour'
              from generate_series(1, ?)
            """)
        .param(count)
        .update();
    FLEET.database.sql("analyze task").update();
  }

  @Test
  void movesATaskOnceEvenIfItDiesAgainMeanwhileUnderAClockThatIsBehind() throws Exception {
    UUID dies = FLEET.insertDead("email", "REJECTED");
    FLEET.insertDead("email", "REJECTED");
    UUID redrive = redrive("per_second", 1);

    assertThat(redrives.moveSlice()).isTrue();
    FLEET
        .database
        .sql(
            """
            update task set state = 'dead', due_at = null, delivery = 5,
                finished_at = (select reached_at + interval '1 microsecond' from redrive)
             where id = ?
            """)
        .param(dies)
        .update();
    carryOut(redrive);

    assertThat(counters(redrive)).isEqualTo("done 2 0");
    assertThat(FLEET.count("select redrive_count from task where id = ?", dies)).isEqualTo(1);
  }

  @Test
  void takesTasksBackOutOfTheCountOfTheirBatch() throws Exception {
    UUID batch = UUID.randomUUID();
    FLEET
        .database
        .sql(
            "insert into batch (id, tenant, total, succeeded, dead, finished_at)"
                + " values (?, 'default', 3, 1, 2, now())")
        .param(batch)
        .update();
    FLEET.insertDead("email", "REJECTED");
    FLEET.insertDead("email", "REJECTED");
    FLEET.database.sql("update task set batch_id = ?").param(batch).update();

    carryOut(redrive("per_second", 100));

    assertThat(
            FLEET.count(
                "select count(*) from batch where dead = 0 and succeeded = 1"
                    + " and finished_at is null"))
        .isEqualTo(1);
  }

  @Test
  void locksBatchesInTheirOrder() throws Exception {
    List<UUID> batches = Stream.generate(UUID::randomUUID).limit(2).sorted(BY_TEXT).toList();
    for (UUID batch : batches.reversed()) {
      FLEET
          .database
          .sql("insert into batch (id, tenant, dead) values (?, 'default', 1)")
          .param(batch)
          .update();
      UUID task = FLEET.insertDead("email", "REJECTED");
      FLEET.database.sql("update task set batch_id = ? where id = ?").params(batch, task).update();
    }
    UUID redrive = redrive("per_second", 100);

    try (Connection ledger = FLEET.dataSource.getConnection();
        ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      ledger.setAutoCommit(false);
      lock(ledger, batches.getFirst());
      Future<Boolean> slice = other.submit(redrives::moveSlice);
      Awaitility.await()
          .until(
              () ->
                  FLEET.count(
                          "select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                      > 0);
      lock(ledger, batches.getLast());
      ledger.commit();
      assertThat(slice.get()).isTrue();
    }

    carryOut(redrive);
    assertThat(FLEET.count("select count(*) from batch where dead = 0")).isEqualTo(2);
  }

  /** Fails if it would have to wait, as the other one may then wait for this one. */
  private static void lock(Connection connection, UUID batch) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select from batch where id = ? for update nowait")) {
      select.setObject(1, batch);
      select.execute();
    }
  }

  @Test
  void aCancelledRedriveMovesNothingMore() throws Exception {
    FLEET.insertDead("email", "REJECTED");
    FLEET.insertDead("email", "REJECTED");
    UUID redrive = redrive("per_second", 1);
    assertThat(redrives.moveSlice()).isTrue();

    FLEET.database.sql("update redrive set state = 'cancelled', continue_at = now()").update();

    assertThat(redrives.moveSlice()).isFalse();
    assertThat(counters(redrive)).isEqualTo("cancelled 1 0");
  }

  @Test
  void severalWorkersMoveEachTaskOnceAndKeepTheRateTogether() throws Exception {
    IntStream.range(0, 150).forEach(_ -> FLEET.insertDead("email", "REJECTED"));
    List<Redrives> workers =
        IntStream.range(0, 3)
            .mapToObj(_ -> new Redrives(FLEET.dataSource, 5, INTERVAL, _ -> {}))
            .toList();
    UUID redrive = redrive("per_second", 100);

    workers.forEach(Redrives::start);

    awaitDone(redrive);
    for (Redrives worker : workers) {
      worker.drain(Duration.ofSeconds(5));
    }
    assertThat(counters(redrive)).isEqualTo("done 150 0");
    assertThat(FLEET.count("select count(*) from task where redrive_count = 1")).isEqualTo(150);
    assertThat(
            FLEET.count(
                "select (extract(epoch from finished_at - created_at) * 1000)::bigint from redrive"))
        .isBetween(1_000L, 5_000L);
  }

  /** A redrive that is quick unless told otherwise. */
  private static UUID redrive(String column, Object value) {
    UUID id = UUID.randomUUID();
    FLEET
        .database
        .sql("insert into redrive (id, per_second, requested_by) values (?, 100, 'ops')")
        .param(id)
        .update();
    FLEET
        .database
        .sql(
            "update redrive set %s = ?%s where id = ?"
                .formatted(column, column.equals("task_ids") ? "::uuid[]" : ""))
        .params(List.of(value, id))
        .update();
    return id;
  }

  private void carryOut(UUID redrive) {
    Awaitility.await()
        .pollInterval(INTERVAL)
        .atMost(PATIENCE)
        .until(
            () -> {
              boolean _ = redrives.moveSlice();
              return counters(redrive).startsWith("done");
            });
  }

  private static void awaitDone(UUID redrive) {
    Awaitility.await().atMost(PATIENCE).until(() -> counters(redrive).startsWith("done"));
  }

  private static String counters(UUID redrive) {
    return FLEET
        .database
        .sql("select concat_ws(' ', state, moved, refused) from redrive where id = ?")
        .param(redrive)
        .query(String.class)
        .single();
  }

  private static String codeOf(UUID task) {
    return FLEET
        .database
        .sql("select state || ' ' || coalesce(error_code, '') from task where id = ?")
        .param(task)
        .query(String.class)
        .single();
  }
}
