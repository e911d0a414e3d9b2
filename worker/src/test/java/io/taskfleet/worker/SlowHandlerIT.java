package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Attempts that take longer than Kafka waits for the next poll. */
class SlowHandlerIT {
  private static final int TASKS = 20;

  @Test
  void theyAreMadeOnceAndTheirPartitionsStay() {
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("slow"))) {
      fleet.startScriptWorker(
          "spring.kafka.consumer.properties.max.poll.interval.ms=3000",
          "taskfleet.worker.defaults.revoke-grace=1s");
      List<Task> tasks =
          IntStream.range(0, TASKS)
              .mapToObj(
                  i ->
                      fleet.script(
                          "{\"does\":\"succeed\",\"millis\":7000}",
                          "slow" + i,
                          Task.DEFAULT_TENANT,
                          Priority.NORMAL))
              .toList();

      fleet.publishAll(tasks);

      tasks.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
      List<UUID> ids = tasks.stream().map(Task::id).toList();
      assertThat(ScriptHandler.STARTED.stream().filter(ids::contains))
          .containsExactlyInAnyOrderElementsOf(ids);
      System.out.printf(
          "%d of %d attempts of 7 s made once, with polls due every 3 s%n", TASKS, TASKS);
    }
  }
}
