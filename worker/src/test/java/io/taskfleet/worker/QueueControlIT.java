package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.QueueControl;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What operators set, and two workers do. */
class QueueControlIT {
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("controlled"));
  private static List<ConfigurableApplicationContext> workers = List.of();

  @BeforeAll
  static void startWorkers() {
    workers =
        IntStream.range(0, 2)
            .mapToObj(
                _ -> FLEET.startScriptWorker("taskfleet.worker.settings.script.max-in-flight=30"))
            .toList();
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @AfterEach
  void leaveEverythingAsConfigured() {
    FLEET.database.sql("delete from queue_control").update();
    awaitSeen(QueueControl.NONE::equals);
  }

  @Test
  void aPausedTenantLeavesRoomForOthersAndSpendsNothing() {
    set("tenant:flood", "paused", true);
    awaitSeen(control -> control.pauses("flood", ""));
    List<Task> flood = scripts("flood", 120, 0);
    Task other = scripts("other", 1, 0).getFirst();

    FLEET.publishAll(flood);
    FLEET.publish(other);

    FLEET.awaitState(other.id(), "succeeded");
    Set<UUID> ids = flood.stream().map(Task::id).collect(Collectors.toSet());
    assertThat(ScriptHandler.STARTED).doesNotContainAnyElementsOf(ids);

    leaveEverythingAsConfigured();
    awaitSucceeded(flood);
    assertThat(FLEET.count("select count(*) from task where attempt <> 1")).isZero();
    assertThat(ScriptHandler.STARTED).filteredOn(ids::contains).doesNotHaveDuplicates();
  }

  @Test
  void aCapHoldsForBothWorkersTogether() {
    set("tenant:capped", "max_concurrent", 2);
    awaitSeen(control -> !control.caps().isEmpty());
    List<Task> capped = scripts("capped", 20, 100);

    FLEET.publishAll(capped);

    awaitSucceeded(capped);
    assertThat(mostAtOnce(capped)).isBetween(1L, 2L);
  }

  @Test
  void concurrencyChangesWhileTheyRun() {
    set("type", "concurrency", 1);
    awaitSeen(control -> Integer.valueOf(1).equals(control.concurrency()));
    List<Task> narrow = scripts("narrow", 10, 50);

    FLEET.publishAll(narrow);

    awaitSucceeded(narrow);
    assertThat(mostAtOnce(narrow)).as("one in each worker").isBetween(1L, 2L);
    leaveEverythingAsConfigured();
    List<Task> wide = scripts("wide", 30, 300);
    FLEET.publishAll(wide);
    awaitSucceeded(wide);
    assertThat(mostAtOnce(wide)).isGreaterThan(2);
  }

  @Test
  void aDependencyIsClosedOffInBothWorkersAsLongAsAnOperatorWants() {
    FLEET
        .database
        .sql(
            "insert into dependency_control (name, forced, updated_by)"
                + " values ('webhook:slow.example:*', 'open', 'ops')")
        .update();
    awaitLimit(0);

    FLEET.database.sql("delete from dependency_control").update();

    awaitLimit(Integer.MAX_VALUE);
  }

  private static void awaitLimit(int calls) {
    await()
        .until(
            () ->
                workers.stream()
                    .map(each -> each.getBean(Dependencies.class))
                    .allMatch(each -> each.limit("webhook:slow.example:443") == calls));
  }

  private static void set(String scope, String column, Object value) {
    FLEET
        .database
        .sql(
            "insert into queue_control (type, scope, updated_by, %s) values ('script', ?, 'ops', ?)"
                .formatted(column))
        .params(scope, value)
        .update();
  }

  private static void awaitSeen(Predicate<QueueControl> wanted) {
    await()
        .until(
            () ->
                workers.stream()
                    .allMatch(each -> wanted.test(each.getBean(Controls.class).of("script"))));
  }

  private static List<Task> scripts(String tenant, int number, int millis) {
    return IntStream.range(0, number)
        .mapToObj(
            i ->
                FLEET.script(
                    "{\"does\":\"succeed\",\"millis\":%d}".formatted(millis),
                    tenant + i,
                    tenant,
                    Priority.NORMAL))
        .toList();
  }

  private static void awaitSucceeded(List<Task> tasks) {
    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
  }

  /** How many of these attempts were under way at the start of one of them. */
  private static long mostAtOnce(List<Task> tasks) {
    Set<UUID> ids = tasks.stream().map(Task::id).collect(Collectors.toSet());
    List<ScriptHandler.Played> played =
        ScriptHandler.PLAYED.stream().filter(each -> ids.contains(each.id())).toList();
    return played.stream()
        .mapToLong(
            one ->
                played.stream()
                    .filter(
                        other ->
                            !other.started().isAfter(one.started())
                                && other.ended().isAfter(one.started()))
                    .count())
        .max()
        .orElse(0);
  }
}
