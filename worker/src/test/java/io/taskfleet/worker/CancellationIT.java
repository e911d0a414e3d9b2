package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tasks that the gateway cancels, by the rows it writes; nobody else tells the worker. */
class CancellationIT {
  /** A look each second, and what the machine takes. */
  private static final Duration HEARD = Duration.ofSeconds(8);

  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("cancellation"));

  @BeforeAll
  static void startWorker() {
    FLEET.startScriptWorker(
        "taskfleet.worker.settings.script.max-attempts=5",
        "taskfleet.worker.settings.script.backoff-base=200ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @Test
  void aTaskThatWasCancelledInItsQueueIsNeitherRunNorCountedAgainNorTakenForAnother() {
    UUID batch = UUID.randomUUID();
    String key = "queued-" + UUID.randomUUID();
    Task task = TestTasks.ofBatch(FLEET.script("succeed", key), batch);
    insertCancelled(FLEET, task);
    Task next = FLEET.script("succeed", key);

    FLEET.publishAll(List.of(task, task, next));

    FLEET.awaitState(next.id(), "succeeded");
    assertThat(FLEET.state(task.id())).isEqualTo("cancelled");
    assertThat(ScriptHandler.STARTED).doesNotContain(task.id());
    assertThat(
            FLEET.count(
                "select count(*) from batch where id = ? and cancelled = 1 and succeeded = 0",
                batch))
        .isEqualTo(1);
    assertThat(FLEET.count("select count(*) from task where state = 'dead'")).isZero();
  }

  @Test
  void aTaskThatRunsForTheFirstTimeIsInterrupted() {
    Task task =
        FLEET.script(
            "{\"does\":\"succeed\",\"millis\":60000}",
            "running-" + UUID.randomUUID(),
            "default",
            Priority.NORMAL);
    FLEET.publish(task);
    await().until(() -> ScriptHandler.STARTED.contains(task.id()));
    Task next = FLEET.script("succeed", task.key());
    FLEET.publish(next);

    insertCancelled(FLEET, task);
    Instant cancelled = Instant.now();

    await().atMost(HEARD).until(() -> FLEET.state(next.id()).equals("succeeded"));
    System.out.printf(
        "the slot was free %d ms after the row was there%n",
        Duration.between(cancelled, Instant.now()).toMillis());
    assertThat(FLEET.state(task.id())).isEqualTo("cancelled");
  }

  @Test
  void aTaskThatWaitsForAnotherAttemptHasNone() {
    Task task = FLEET.script("fail", "waiting-" + UUID.randomUUID());
    FLEET.publish(task);
    FLEET.awaitState(task.id(), "retrying");

    long changed =
        FLEET
            .database
            .sql(
                """
                update task set state = 'cancelled', finished_at = now(), due_at = null
                 where tenant = ? and id = ?
                   and state not in ('succeeded', 'dead', 'cancelled', 'expired')
                """)
            .params(task.tenant(), task.id())
            .update();

    assertThat(changed).isEqualTo(1);
    Task later = FLEET.script("fail", "later-" + UUID.randomUUID());
    FLEET.publish(later);
    FLEET.awaitState(later.id(), "dead");
    assertThat(FLEET.state(task.id())).isEqualTo("cancelled");
    FLEET.database.sql("delete from task where state = 'dead'").update();
  }

  /** As the gateway makes the row of a task that has none, and counts it. */
  static void insertCancelled(TestFleet fleet, Task task) {
    fleet
        .database
        .sql(
            """
            with ended as (
              insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                  payload, payload_hash, batch_id, worker, created_at, finished_at)
              values (:id, :tenant, :type, :priority, :key, 'cancelled', 0, 0,
                  cast(:payload as json), :hash, :batch, 'gateway', now(), now())
              on conflict (id) do nothing
              returning tenant, batch_id)
            insert into batch (id, tenant, cancelled)
            select batch_id, tenant, 1 from ended where batch_id is not null
            """)
        .param("id", task.id())
        .param("tenant", task.tenant())
        .param("type", task.type())
        .param("priority", task.priority().label())
        .param("key", task.key())
        .param("payload", new String(task.payload(), UTF_8))
        .param("hash", task.payloadHash())
        .param("batch", task.batchId())
        .update();
  }
}
