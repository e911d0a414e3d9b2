package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.round.Round;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a redrive does to the table. */
class RedrivesIT {
  /** As Postgres does. */
  private static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("redrives"));

  private final RedriveFixture ops = new RedriveFixture(FLEET);

  @AfterEach
  void clear() {
    ops.clear();
  }

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void givesFreshAttemptsAndKeepsTheDeliveryThatTellsDuplicates() throws Exception {
    UUID task = FLEET.insertDead("email", "REJECTED");

    UUID redrive = ops.redrive("per_second", 100);
    ops.carryOut(redrive);

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
    assertThat(ops.counters(redrive)).isEqualTo("done 1 0");
  }

  @Test
  void movesATaskOnceEvenIfItDiesAgainMeanwhileUnderAClockThatIsBehind() throws Exception {
    UUID dies = FLEET.insertDead("email", "REJECTED");
    FLEET.insertDead("email", "REJECTED");
    UUID redrive = ops.redrive("per_second", 1);

    assertThat(ops.redrives.moveSlice()).isTrue();
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
    ops.carryOut(redrive);

    assertThat(ops.counters(redrive)).isEqualTo("done 2 0");
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

    ops.carryOut(ops.redrive("per_second", 100));

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
    UUID redrive = ops.redrive("per_second", 100);

    try (Connection ledger = FLEET.dataSource.getConnection();
        ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      ledger.setAutoCommit(false);
      lock(ledger, batches.getFirst());
      Future<Boolean> slice = other.submit(ops.redrives::moveSlice);
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

    ops.carryOut(redrive);
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
    UUID redrive = ops.redrive("per_second", 1);
    assertThat(ops.redrives.moveSlice()).isTrue();

    FLEET.database.sql("update redrive set state = 'cancelled', continue_at = now()").update();

    assertThat(ops.redrives.moveSlice()).isFalse();
    assertThat(ops.counters(redrive)).isEqualTo("cancelled 1 0");
  }

  @Test
  void severalWorkersMoveEachTaskOnceAndKeepTheRateTogether() throws Exception {
    IntStream.range(0, 150).forEach(_ -> FLEET.insertDead("email", "REJECTED"));
    List<Round> workers =
        IntStream.range(0, 3)
            .mapToObj(
                _ ->
                    new Round(
                        "redrives",
                        RedriveFixture.INTERVAL,
                        new Redrives(FLEET.dataSource, 5, RedriveFixture.INTERVAL, _ -> {})))
            .toList();
    UUID redrive = ops.redrive("per_second", 100);

    workers.forEach(Round::start);

    ops.awaitDone(redrive);
    for (Round worker : workers) {
      worker.drain(Duration.ofSeconds(5));
    }
    assertThat(ops.counters(redrive)).isEqualTo("done 150 0");
    assertThat(FLEET.count("select count(*) from task where redrive_count = 1")).isEqualTo(150);
    assertThat(
            FLEET.count(
                "select (extract(epoch from finished_at - created_at) * 1000)::bigint from redrive"))
        .isBetween(1_000L, 5_000L);
  }
}
