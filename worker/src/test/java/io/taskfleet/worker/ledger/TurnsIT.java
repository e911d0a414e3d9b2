package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskState;
import io.taskfleet.worker.effect.Effects;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.timer.TimerFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The turn of the next task of a key, on a real Postgres. */
class TurnsIT {
  private static final String TYPE = "turns";
  private static final int PARKED = 20_000;
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("turns"));
  private static final Entry.Receipt NOBODY =
      new Entry.Receipt() {
        @Override
        public void finished() {}

        @Override
        public void conflicted() {}
      };

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void recordingTheHeadOfAKeyLooksOnlyAtTheFirstOfTheManyParkedBehindIt() throws Exception {
    UUID head = insertKeyWithItsHeadRunning();

    long read = FLEET.rowsRead(database -> record(database, succeeded(head)));

    assertThat(read).isLessThan(200);
    assertThat(
            FLEET
                .database
                .sql("select key_position from task where type = ? and due_at <= now()")
                .param(TYPE)
                .query(Long.class)
                .list())
        .containsExactly(2L);
  }

  private static UUID insertKeyWithItsHeadRunning() {
    FLEET.insertDue(TYPE, PARKED + 1, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set state = case when numbered.n = 1 then 'queued' else 'deferred' end,
                due_at = null, ordering_key = 'same', key_position = numbered.n,
                payload_hash = sha256('{}')
              from (select id, row_number() over (order by id) as n from task where type = ?)
                     as numbered
             where task.id = numbered.id
            """)
        .param(TYPE)
        .update();
    FLEET.database.sql("vacuum analyze task").update();
    return FLEET
        .database
        .sql("select id from task where type = ? and key_position = 1")
        .param(TYPE)
        .query(UUID.class)
        .single();
  }

  /** As the ledger does in its transaction. */
  private static void record(DataSource database, Entry entry) throws SQLException {
    try (Connection connection = database.getConnection()) {
      List<Entry> group = List.of(entry);
      new Effects("test")
          .write(connection, group, new TaskTable(database, "test").write(connection, group));
    }
  }

  private static Entry succeeded(UUID id) {
    byte[] payload = "{}".getBytes(UTF_8);
    Instant now = Instant.now();
    return new Entry(
        new ConsumerRecord<>("taskfleet." + TYPE, 0, 1, new byte[0], payload),
        new Task(
            id,
            Task.DEFAULT_TENANT,
            TYPE,
            Priority.NORMAL,
            "same",
            payload,
            now,
            Task.Options.NONE,
            null,
            null,
            2),
        1L,
        new Entry.Outcome(TaskState.SUCCEEDED, 1, null, null, null, null, now, now, List.of()),
        NOBODY);
  }
}
