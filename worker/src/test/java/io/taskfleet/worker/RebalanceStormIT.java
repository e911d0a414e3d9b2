package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Workers that join and leave under load: nothing lost, no partition stalls, order per key. */
class RebalanceStormIT {
  private static final int KEYS = 50;
  private static final long CHANGE_EVERY = TimeUnit.SECONDS.toNanos(2);

  @Test
  void losesNothingRepeatsNothingAndKeepsTheOrderOfEachKey() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("storm"))) {
      List<ConfigurableApplicationContext> workers = new ArrayList<>();
      workers.add(fleet.startScriptWorker());
      Map<String, List<UUID>> published = new HashMap<>();
      List<UUID> all = new ArrayList<>();

      int changes = Integer.getInteger("taskfleet.faults.rebalances", 6);
      for (int change = 0; change < changes; change++) {
        publishFor(fleet, random, published, all);
        if (workers.size() == 1 || (workers.size() < 3 && random.nextBoolean())) {
          workers.add(fleet.startScriptWorker());
        } else {
          workers.remove(random.nextInt(workers.size())).close();
        }
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  fleet.count("select count(*) from task where state = 'succeeded'") == all.size());

      await().until(() -> fleet.topics.lag(ScriptHandler.TYPE) == 0);
      assertThat(ScriptHandler.PLAYED.stream().map(ScriptHandler.Played::id).filter(all::contains))
          .as("no repeat when workers leave in peace, seed %d", seed)
          .doesNotHaveDuplicates();
      published.forEach(
          (key, ids) ->
              assertThat(
                      ScriptHandler.PLAYED.stream()
                          .map(ScriptHandler.Played::id)
                          .filter(ids::contains))
                  .as("order of %s, seed %d", key, seed)
                  .isEqualTo(ids));
      System.out.printf(
          "seed %d: %d of %d done once and in order, %d workers joined or left%n",
          seed, all.size(), all.size(), changes);
    }
  }

  private static void publishFor(
      TestFleet fleet, Random random, Map<String, List<UUID>> published, List<UUID> all) {
    long end = System.nanoTime() + CHANGE_EVERY;
    while (System.nanoTime() < end) {
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        String key = "storm" + random.nextInt(KEYS);
        Task task =
            fleet.script(
                "{\"does\":\"succeed\",\"millis\":%d}".formatted(random.nextInt(20)),
                key,
                Task.DEFAULT_TENANT,
                Priority.NORMAL);
        published.computeIfAbsent(key, _ -> new ArrayList<>()).add(task.id());
        all.add(task.id());
        tasks.add(task);
      }
      fleet.publishAll(tasks);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }
}
