package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.worker.consume.Engine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What the engine does with tasks that follow, count, wait for each other or are not wanted. */
class ScriptIT {
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("script"));
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void startWorker() {
    worker =
        FLEET.startScriptWorker(
            "taskfleet.worker.settings.script.ordering=strict",
            "taskfleet.worker.settings.script.concurrency=16",
            "taskfleet.worker.settings.script.max-attempts=3",
            "taskfleet.worker.settings.script.backoff-base=200ms",
            "taskfleet.worker.settings.script.backoff-cap=400ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @Test
  void aKeyWaitsThroughTheRetriesOfItsHeadAndOthersDoNot() {
    String key = "strict-" + UUID.randomUUID();
    List<Task> inOrder = new ArrayList<>();
    inOrder.add(FLEET.script("fail_once", key));
    IntStream.range(0, 5).forEach(i -> inOrder.add(FLEET.script("succeed", key)));
    inOrder.add(FLEET.script("fail", key));
    IntStream.range(0, 5).forEach(i -> inOrder.add(FLEET.script("fail_once", key)));
    Task other = FLEET.script("succeed", "other-" + UUID.randomUUID());

    FLEET.publishAll(inOrder);
    FLEET.publish(other);

    inOrder.forEach(
        task -> FLEET.awaitState(task.id(), task.equals(inOrder.get(6)) ? "dead" : "succeeded"));
    FLEET.awaitState(other.id(), "succeeded");
    List<UUID> ids = inOrder.stream().map(Task::id).toList();
    assertThat(played(ids).stream().map(ScriptHandler.Played::id).distinct()).isEqualTo(ids);
    assertThat(played(ids))
        .isSortedAccordingTo((a, b) -> ids.indexOf(a.id()) - ids.indexOf(b.id()));
    assertThat(played(List.of(other.id())).getFirst().ended())
        .isBefore(played(ids).getLast().started());
  }

  @Test
  void aFollowUpIsSubmittedWithItsParentsResult() {
    Task parent = FLEET.script("follow", "parent-" + UUID.randomUUID());

    FLEET.publish(parent);
    FLEET.publish(parent);

    FLEET.awaitState(ScriptHandler.followingId(parent.id()), "succeeded");
    assertThat(played(List.of(ScriptHandler.followingId(parent.id())))).hasSize(1);
  }

  @Test
  void aCallbackTellsOnceOfTheEndAndOfNothingBefore() {
    Task.Options told =
        new Task.Options(
            null, null, null, null, Tags.parse("invoice:7,late"), "https://example.com/ended");
    Task retried = TestTasks.withOptions(FLEET.script("fail_once", "retried"), told);
    Task dead = TestTasks.withOptions(FLEET.script("fail", "dies"), told);

    FLEET.publishAll(List.of(retried, retried, dead));

    FLEET.awaitState(retried.id(), "succeeded");
    FLEET.awaitState(dead.id(), "dead");
    assertThat(callbacks(retried)).containsExactly("https://example.com/ended succeeded");
    assertThat(callbacks(dead)).containsExactly("https://example.com/ended dead");
    assertThat(
            FLEET.count(
                "select count(*) from task where id in (?, ?) and tags = 'invoice:7,late'",
                retried.id(),
                dead.id()))
        .isEqualTo(2);
  }

  private static List<String> callbacks(Task of) {
    return FLEET
        .database
        .sql(
            """
            select concat(payload ->> 'url', ' ', payload #>> '{data,task,state}') from task
             where type = 'notification' and payload #>> '{data,task,id}' = ?
            """)
        .param(of.id().toString())
        .query(String.class)
        .list();
  }

  @Test
  void aBatchCountsEachOfItsTasksOnce() {
    UUID batch = UUID.randomUUID();
    List<Task> tasks = new ArrayList<>();
    IntStream.range(0, 20)
        .forEach(i -> tasks.add(TestTasks.ofBatch(FLEET.script("succeed", "b" + i), batch)));
    tasks.add(TestTasks.ofBatch(FLEET.script("fail", "b-dead"), batch));

    FLEET.publishAll(tasks);
    FLEET.publishAll(tasks);

    tasks.subList(0, 20).forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    FLEET.awaitState(tasks.getLast().id(), "dead");
    assertThat(
            FLEET.count(
                "select count(*) from batch where id = ? and succeeded = 20 and dead = 1", batch))
        .isEqualTo(1);
  }

  @Test
  void aCancelledTaskStopsWhenItRunsAndNeverStartsWhenItWaits() {
    String key = "cancelled-" + UUID.randomUUID();
    Task running =
        FLEET.script("{\"does\":\"succeed\",\"millis\":20000}", key, "default", Priority.NORMAL);
    Task waiting = FLEET.script("succeed", key);
    FLEET.publish(running);
    FLEET.publish(waiting);
    await().until(() -> ScriptHandler.STARTED.contains(running.id()));

    cancel(running);
    cancel(waiting);
    worker.getBean(Engine.class).cancel(List.of(running.id(), waiting.id()));
    Task next = FLEET.script("succeed", key);
    FLEET.publish(next);

    FLEET.awaitState(next.id(), "succeeded");
    assertThat(FLEET.state(running.id())).isEqualTo("cancelled");
    assertThat(FLEET.state(waiting.id())).isEqualTo("cancelled");
    assertThat(ScriptHandler.STARTED).doesNotContain(waiting.id());
  }

  @Test
  void aDuplicateThatComesTooLateDoesNotExpireTheTaskThatRuns() {
    CountDownLatch end = ScriptHandler.hold();
    Task task = runningAndExpired();
    double before = duplicates();

    FLEET.publish(task);
    await().until(() -> duplicates() > before);
    end.countDown();

    FLEET.awaitState(task.id(), "succeeded");
  }

  /** One that was started before its time was up: on a slow machine not the first. */
  private static Task runningAndExpired() {
    for (Duration life = Duration.ofMillis(800); ; life = life.multipliedBy(2)) {
      Instant expiresAt = Instant.now().plus(life);
      Task task =
          TestTasks.withOptions(
              FLEET.script("hold", "late-" + UUID.randomUUID()),
              new Task.Options(null, null, null, expiresAt));
      FLEET.publish(task);
      await()
          .until(
              () ->
                  ScriptHandler.STARTED.contains(task.id())
                      || FLEET.state(task.id()).equals("expired"));
      if (ScriptHandler.STARTED.contains(task.id())) {
        await().atMost(Duration.ofMinutes(1)).until(() -> Instant.now().isAfter(expiresAt));
        return task;
      }
    }
  }

  private static double duplicates() {
    return worker
        .getBean(MeterRegistry.class)
        .get("taskfleet.records.duplicate")
        .tag("type", "script")
        .functionCounter()
        .count();
  }

  @Test
  void anErrorOfAHandlerEndsItsTaskAndNotTheWorker() {
    Task broken = FLEET.script("throw_error", "broken-" + UUID.randomUUID());

    FLEET.publish(broken);

    FLEET.awaitState(broken.id(), "dead");
    assertThat(FLEET.count("select count(*) from task_attempt where task_id = ?", broken.id()))
        .isEqualTo(3);
  }

  @Test
  void aBacklogOfBulkDelaysAnUrgentTaskByNoMoreThanWhatRuns() {
    List<Task> bulk =
        IntStream.range(0, 4_000)
            .mapToObj(
                i ->
                    FLEET.script(
                        "{\"does\":\"succeed\",\"millis\":20}",
                        "bulk" + i,
                        "default",
                        Priority.BULK))
            .toList();
    FLEET.publishAll(bulk);
    await().until(() -> ScriptHandler.STARTED.contains(bulk.getFirst().id()));

    Task urgent = FLEET.script("{\"does\":\"succeed\"}", "urgent", "default", Priority.HIGH);
    Instant published = Instant.now();
    FLEET.publish(urgent);
    FLEET.awaitState(urgent.id(), "succeeded");

    // Told by what ran meanwhile, so that a machine that stands still for a moment does not count.
    Set<UUID> ids = bulk.stream().map(Task::id).collect(Collectors.toSet());
    Instant started = played(List.of(urgent.id())).getFirst().started();
    assertThat(ScriptHandler.PLAYED)
        .filteredOn(
            each ->
                ids.contains(each.id())
                    && each.started().isAfter(published)
                    && each.started().isBefore(started))
        .as("started from publish to start")
        .hasSizeLessThan(400);
    bulk.subList(3_990, 4_000).forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
  }

  @Test
  void aFloodOfOneTenantDoesNotDelayAnother() {
    List<Task> flood =
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    FLEET.script(
                        "{\"does\":\"succeed\",\"millis\":20}",
                        "flood" + i,
                        "flood",
                        Priority.NORMAL))
            .toList();
    FLEET.publishAll(flood);
    await().until(() -> ScriptHandler.STARTED.contains(flood.getFirst().id()));

    Task trickle = FLEET.script("{\"does\":\"succeed\"}", "trickle", "trickle", Priority.NORMAL);
    Instant published = Instant.now();
    FLEET.publish(trickle);
    FLEET.awaitState(trickle.id(), "succeeded");

    Instant started = played(List.of(trickle.id())).getFirst().started();
    flood.subList(2_990, 3_000).forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    Set<UUID> ids = flood.stream().map(Task::id).collect(Collectors.toSet());
    assertThat(startedAfter(started, ids))
        .as("of the flood that was left, what started later")
        .isGreaterThan(startedAfter(published, ids) / 2);
  }

  private static long startedAfter(Instant time, Set<UUID> ids) {
    return ScriptHandler.PLAYED.stream()
        .filter(each -> ids.contains(each.id()) && each.started().isAfter(time))
        .count();
  }

  private static List<ScriptHandler.Played> played(List<UUID> ids) {
    return ScriptHandler.PLAYED.stream().filter(each -> ids.contains(each.id())).toList();
  }

  /** As the gateway cancels: the row ends, whoever holds the record. */
  private static void cancel(Task task) {
    FLEET
        .database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload_hash, worker, created_at, finished_at)
            values (?, ?, ?, ?, ?, 'cancelled', 0, 0, ?, 'gateway', now(), now())
            on conflict (id) do update set state = 'cancelled', finished_at = now(), due_at = null
              where task.state not in ('succeeded', 'dead', 'cancelled', 'expired')
            """)
        .params(
            task.id(),
            task.tenant(),
            task.type(),
            task.priority().label(),
            task.key(),
            task.payloadHash())
        .update();
  }
}
