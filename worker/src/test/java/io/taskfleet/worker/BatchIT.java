package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.fleet.Controls;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Batches, from the news that they are whole to what follows them. */
class BatchIT {
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("batch"));

  private static ConfigurableApplicationContext worker;

  private final UUID batch = UUID.randomUUID();

  @BeforeAll
  static void startWorker() {
    worker =
        FLEET.startWorker(
            new SpringApplicationBuilder(WorkerApplication.class, ScriptHandler.Configured.class),
            "taskfleet.worker.types=script,batch,analytics",
            "taskfleet.worker.settings.script.concurrency=1");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @Test
  void endsWhenTheTotalComesAfterTheLastEnd() {
    List<Task> tasks = tasks(5);
    FLEET.publishAll(tasks);
    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    assertThat(finished()).isZero();

    FLEET.publish(closing(5, null));

    await().until(() -> finished() == 1);
    assertThat(FLEET.count("select total from batch where id = ?", batch)).isEqualTo(5);
  }

  @Test
  void endsWhenTheTotalComesBeforeTheLastEnd() {
    Task closing = closing(5, null);
    FLEET.publish(closing);
    FLEET.awaitState(closing.id(), "succeeded");
    List<Task> tasks = tasks(5);
    FLEET.publishAll(tasks.subList(0, 4));
    tasks.subList(0, 4).forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    assertThat(finished()).isZero();

    FLEET.publish(tasks.getLast());

    await().until(() -> finished() == 1);
  }

  @Test
  void theLargestTotalHolds() {
    List<Task> tasks = tasks(3);
    FLEET.publishAll(tasks);
    Task whole = closing(3, null);
    Task brokenOff = closing(2, null);
    FLEET.publish(whole);
    FLEET.awaitState(whole.id(), "succeeded");

    FLEET.publish(brokenOff);

    FLEET.awaitState(brokenOff.id(), "succeeded");
    assertThat(FLEET.count("select total from batch where id = ?", batch)).isEqualTo(3);
  }

  @Test
  void anothersClosingChangesNothing() {
    FLEET.publishAll(tasks(1));
    await().until(() -> FLEET.count("select count(*) from batch where id = ?", batch) == 1);
    Task forged = closing("other", 1, null);

    FLEET.publish(forged);

    FLEET.awaitState(forged.id(), "succeeded");
    assertThat(FLEET.count("select count(*) from batch where id = ? and total is null", batch))
        .isEqualTo(1);
  }

  @Test
  void whatFollowsStartsOnceHoweverOftenEverythingIsDelivered() {
    List<Task> tasks = tasks(20);
    Task closing = closing(20, onComplete());
    UUID next = BatchPayload.onCompleteId(batch, Task.DEFAULT_TENANT);
    FLEET.publishAll(tasks.subList(0, 10));
    FLEET.publish(closing);
    FLEET.awaitState(closing.id(), "succeeded");
    assertThat(FLEET.state(next)).isEqualTo("scheduled");

    FLEET.publishAll(tasks);
    FLEET.publish(closing);
    FLEET.awaitState(next, "succeeded");
    FLEET.publishAll(tasks);
    FLEET.publish(closing);
    Task oneTooMany = FLEET.script("succeed", "after").inBatch(batch);
    FLEET.publish(oneTooMany);
    FLEET.awaitState(oneTooMany.id(), "succeeded");

    assertThat(finished()).isEqualTo(1);
    assertThat(FLEET.state(next)).isEqualTo("succeeded");
    assertThat(FLEET.count("select count(*) from analytics_event where name = ?", "done:" + batch))
        .isEqualTo(1);
    assertThat(FLEET.count("select delivery from task where id = ?", next)).isEqualTo(1);
  }

  @Test
  void whatFollowsStartsWhenTheClosingComesLast() {
    List<Task> tasks = tasks(3);
    FLEET.publishAll(tasks);
    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));

    FLEET.publish(closing(3, onComplete()));

    UUID next = BatchPayload.onCompleteId(batch, Task.DEFAULT_TENANT);
    FLEET.awaitState(next, "succeeded");
    assertThat(
            FLEET.count("select count(*) from task where id = ? and tags = 'nightly,done'", next))
        .isEqualTo(1);
    assertThat(
            FLEET.count(
                """
                select count(*) from task where type = 'notification'
                   and payload->>'url' = 'https://hooks.example.com/done'
                   and payload#>>'{data,task,id}' = ?::text
                """,
                next))
        .isEqualTo(1);
  }

  @Test
  void whatWaitsOfACancelledBatchDoesNotRunAndNothingFollows() {
    CountDownLatch end = ScriptHandler.hold();
    Task blocker = FLEET.script("{\"does\":\"hold\"}", "b", "default", Priority.HIGH);
    FLEET.publish(blocker);
    await().until(() -> ScriptHandler.STARTED.contains(blocker.id()));
    List<Task> tasks = tasks(20);
    FLEET.publishAll(tasks.subList(0, 10));
    FLEET.publish(closing(20, onComplete()));
    await().until(() -> FLEET.count("select count(*) from batch where id = ?", batch) == 1);

    FLEET.database.sql("update batch set cancelled_at = now() where id = ?").param(batch).update();
    await().until(() -> worker.getBean(Controls.class).isCancelled(batch));
    FLEET.publishAll(tasks.subList(10, 20));
    end.countDown();

    tasks.forEach(task -> FLEET.awaitState(task.id(), "cancelled"));
    assertThat(ScriptHandler.STARTED)
        .doesNotContainAnyElementsOf(tasks.stream().map(Task::id).toList());
    await().until(() -> finished() == 1);
    assertThat(FLEET.count("select cancelled from batch where id = ?", batch)).isEqualTo(20);
    assertThat(FLEET.state(BatchPayload.onCompleteId(batch, Task.DEFAULT_TENANT)))
        .isEqualTo("cancelled");
  }

  private long finished() {
    return FLEET.count(
        "select count(*) from batch where id = ? and finished_at is not null", batch);
  }

  private List<Task> tasks(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> FLEET.script("succeed", batch + "-" + n).inBatch(batch))
        .toList();
  }

  private BatchPayload.OnComplete onComplete() {
    return new BatchPayload.OnComplete(
        "analytics",
        Priority.NORMAL,
        "done",
        new RawJson("{\"name\":\"done:%s\"}".formatted(batch).getBytes(UTF_8)),
        3,
        Duration.ofSeconds(5),
        null,
        Tags.parse("nightly,done"),
        "https://hooks.example.com/done");
  }

  private Task closing(int total, BatchPayload.@Nullable OnComplete next) {
    return closing(Task.DEFAULT_TENANT, total, next);
  }

  private Task closing(String tenant, int total, BatchPayload.@Nullable OnComplete next) {
    return Task.submitted(
        TaskIds.fromParent(batch, tenant + total),
        tenant,
        BuiltInTypes.BATCH,
        new Task.Submission(
            Priority.NORMAL,
            batch.toString(),
            StrictJson.mapper().writeValueAsBytes(new BatchPayload(batch, total, next)),
            Task.Options.NONE),
        Instant.now(),
        null);
  }
}
