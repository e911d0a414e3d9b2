package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Whose turn it is among the parked tasks of a key, on a real Postgres. */
class ParkedTasksIT {
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("parked"));

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void releasesTheFirstParkedTaskOfAKeyWhenNoEarlierOneIsUnfinished() throws Exception {
    FLEET.insertDue("parked", 6, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = parked.state, due_at = null, key_position = parked.place,
                ordering_key = parked.key
              from (select id, row_number() over (order by id) as n from task where type = 'parked')
                     as task_n
              join (values (1, 'free', 1, 'succeeded'), (2, 'free', 2, 'deferred'),
                           (3, 'free', 3, 'deferred'), (4, 'held', 1, 'queued'),
                           (5, 'held', 2, 'deferred'), (6, 'dead', 1, 'deferred'))
                     as parked (n, key, place, state) on parked.n = task_n.n
             where task.id = task_n.id
            """)
        .update();

    new ParkedTasks(FLEET.dataSource).release();

    assertThat(
            FLEET
                .database
                .sql(
                    "select ordering_key || key_position from task"
                        + " where type = 'parked' and due_at <= now()")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder("free2", "dead1");
  }

  @Test
  void releasesTheFirstParkedTaskOfEachTenantAndPriority() throws Exception {
    FLEET.insertDue("lanes", 4, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = lane.state, due_at = null, key_position = lane.place,
                ordering_key = 'same', priority = lane.priority, tenant = lane.tenant
              from (select id, row_number() over (order by id) as n from task where type = 'lanes')
                     as task_n
              join (values (1, 'normal', 'acme', 1, 'queued'), (2, 'normal', 'acme', 2, 'deferred'),
                           (3, 'high', 'acme', 3, 'deferred'), (4, 'normal', 'zoo', 4, 'deferred'))
                     as lane (n, priority, tenant, place, state) on lane.n = task_n.n
             where task.id = task_n.id
            """)
        .update();

    new ParkedTasks(FLEET.dataSource).release();

    assertThat(
            FLEET
                .database
                .sql("select key_position from task where type = 'lanes' and due_at <= now()")
                .query(Long.class)
                .list())
        .containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void looksOnlyAtTheFirstOfTheManyThatWaitBehindOneKey() throws Exception {
    FLEET.insertDue("behind", 20_000, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = 'deferred', due_at = null, ordering_key = 'same',
                key_position = task_n.n
              from (select id, row_number() over (order by id) as n from task where type = 'behind')
                     as task_n
             where task.id = task_n.id
            """)
        .update();
    FLEET.database.sql("vacuum analyze task").update();

    long read = FLEET.rowsRead(database -> new ParkedTasks(database).release());

    assertThat(read).isLessThan(200);
    assertThat(
            FLEET
                .database
                .sql("select key_position from task where type = 'behind' and due_at <= now()")
                .query(Long.class)
                .list())
        .containsExactly(1L);
    FLEET.database.sql("delete from task where type = 'behind'").update();
  }
}
