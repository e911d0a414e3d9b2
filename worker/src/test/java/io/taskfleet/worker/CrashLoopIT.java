package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A task that takes its worker down, again and again. */
class CrashLoopIT {

  @Test
  void endsAsADeadLetterInsteadOfTakingTheFleetDownAndHarmsNoOther() {
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("crash"))) {
      List<Task> others =
          IntStream.range(0, 200)
              .mapToObj(
                  i ->
                      fleet.script(
                          "{\"does\":\"succeed\",\"millis\":20}",
                          "crash" + i,
                          Task.DEFAULT_TENANT,
                          Priority.NORMAL))
              .toList();
      Task poison = fleet.script("halt", "crash-poison");
      int crashes = 0;
      // Records that are there when partitions are assigned are counted from their first start.
      fleet.startScriptWorker().close();
      fleet.publishAll(others.subList(0, 100));
      fleet.publish(poison);
      fleet.publishAll(others.subList(100, 200));
      ChildWorker worker = start(fleet);
      try {
        while (!fleet.state(poison.id()).equals("dead") && crashes < 10) {
          ChildWorker current = worker;
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> !current.isAlive() || fleet.state(poison.id()).equals("dead"));
          if (!worker.isAlive()) {
            crashes++;
            worker = start(fleet);
          }
        }
        others.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
      } finally {
        worker.close();
      }

      assertThat(crashes).as("workers taken down").isEqualTo(3);
      assertThat(
              fleet.count(
                  "select count(*) from task where id = ? and error_code = 'CRASH_LOOP'",
                  poison.id()))
          .isEqualTo(1);
      assertThat(fleet.count("select count(*) from task where state = 'dead'")).isEqualTo(1);
      System.out.printf(
          "dead after %d workers were taken down, %d of %d others succeeded%n",
          crashes, others.size(), others.size());
    }
  }

  private static ChildWorker start(TestFleet fleet) {
    return ChildWorker.start(fleet, "spring.kafka.consumer.properties.session.timeout.ms=6000");
  }
}
