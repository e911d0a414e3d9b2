package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.worker.fleet.Controls;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A tenant with more tasks than a worker can hold, paused by an operator. */
class PausedTenantIT {

  @Test
  void leavesRoomForOthersAndSpendsNothing() {
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("paused"))) {
      ConfigurableApplicationContext worker =
          fleet.startScriptWorker("taskfleet.worker.settings.script.max-in-flight=50");
      fleet
          .database
          .sql(
              "insert into queue_control (type, scope, paused, updated_by)"
                  + " values ('script', 'tenant:flood', true, 'ops')")
          .update();
      Controls controls = worker.getBean(Controls.class);
      await().until(() -> controls.of("script").pauses("flood", ""));
      List<Task> flood =
          IntStream.range(0, 120).mapToObj(i -> script(fleet, "flood" + i, "flood")).toList();
      Task other = script(fleet, "other", "other");

      fleet.publishAll(flood);
      fleet.publish(other);

      fleet.awaitState(other.id(), "succeeded");
      assertThat(flood).noneMatch(task -> ScriptHandler.STARTED.contains(task.id()));

      fleet.database.sql("delete from queue_control").update();
      flood.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
      assertThat(fleet.count("select count(*) from task where attempt <> 1")).isZero();
      assertThat(
              fleet.count("select count(*) from task_attempt where error_class <> 'unavailable'"))
          .isZero();
      assertThat(ScriptHandler.STARTED)
          .filteredOn(id -> flood.stream().anyMatch(task -> task.id().equals(id)))
          .doesNotHaveDuplicates();
    }
  }

  private static Task script(TestFleet fleet, String key, String tenant) {
    return fleet.script("{\"does\":\"succeed\"}", key, tenant, Priority.NORMAL);
  }
}
