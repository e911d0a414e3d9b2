package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which tasks a redrive takes, and how many it looks at for that. */
class RedriveFiltersIT {
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("redrive_filters"));

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
  void refusesWhatIsAtItsCapOrWasNeverKept() throws Exception {
    UUID capped = FLEET.insertDead("email", "RETRIES_EXHAUSTED");
    UUID undecodable = FLEET.insertDead("email", "MALFORMED");
    UUID fit = FLEET.insertDead("email", "RETRIES_EXHAUSTED");
    FLEET.database.sql("update task set redrive_count = 2 where id = ?").param(capped).update();
    FLEET.database.sql("update task set payload = null where id = ?").param(undecodable).update();

    UUID redrive = ops.redrive("per_second", 100);
    ops.carryOut(redrive);

    assertThat(ops.counters(redrive)).isEqualTo("done 1 2");
    assertThat(codeOf(capped)).isEqualTo("dead REDRIVE_LIMIT");
    assertThat(codeOf(undecodable)).isEqualTo("dead MALFORMED");
    assertThat(codeOf(fit)).isEqualTo("queued ");
    assertThat(ops.moved).containsExactly(fit);
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
    ops.carryOut(ops.redrive(column, value));
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
    UUID redrive = ops.redrive("error_code", "RARE");

    long read = FLEET.rowsRead(this::moveSliceOn);
    ops.carryOut(redrive);

    assertThat(read).isLessThan(6_000);
    assertThat(ops.moved).containsExactly(rare);
    assertThat(ops.counters(redrive)).isEqualTo("done 1 0");
  }

  @Test
  void findsNamedTasksWithoutLookingAtOthers() throws Exception {
    insertDead(12_000);
    UUID named = FLEET.insertDead("email", "RARE");
    UUID redrive = ops.redrive("task_ids", "{%s}".formatted(named));

    long read = FLEET.rowsRead(this::moveSliceOn);

    assertThat(read).isLessThan(100);
    assertThat(ops.moved).containsExactly(named);
    assertThat(ops.counters(redrive)).isEqualTo("running 1 0");
  }

  private void moveSliceOn(DataSource database) throws SQLException {
    assertThat(
            new Redrives(database, RedriveFixture.CAP, RedriveFixture.INTERVAL, ops.moved::addAll)
                .moveSlice())
        .isTrue();
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

  private static String codeOf(UUID task) {
    return FLEET
        .database
        .sql("select state || ' ' || coalesce(error_code, '') from task where id = ?")
        .param(task)
        .query(String.class)
        .single();
  }
}
