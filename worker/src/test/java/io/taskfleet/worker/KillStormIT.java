package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that are killed under load. {@code -Dtaskfleet.faults.seconds=60} makes it last; the
 * usual length is for every build.
 */
class KillStormIT {
  private static final Logger log = LoggerFactory.getLogger(KillStormIT.class);
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("taskfleet.faults.seconds", 20));
  private static final int RATE = Integer.getInteger("taskfleet.faults.rate", 1_000);
  private static final long KILL_EVERY = Duration.ofSeconds(5).toNanos();

  @Test
  void losesNothingAndCountsEveryTaskOnce() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<ChildWorker> workers = new ArrayList<>();
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("kill"))) {
      for (int i = 0; i < 3; i++) {
        workers.add(startWorker(fleet));
      }
      fleet.awaitCreated(ScriptHandler.TYPE);
      UUID batch = UUID.randomUUID();

      int kills = 0;
      int accepted = 0;
      int failing = 0;
      long start = System.nanoTime();
      long nextKill = start + KILL_EVERY;
      while (System.nanoTime() - start < LENGTH.toNanos()) {
        long due = (System.nanoTime() - start) * RATE / 1_000_000_000;
        List<Task> tasks = new ArrayList<>();
        while (accepted + tasks.size() < due) {
          boolean fails = random.nextInt(100) == 0;
          failing += fails ? 1 : 0;
          tasks.add(task(fleet, batch, fails, random));
        }
        fleet.publishAll(tasks);
        accepted += tasks.size();
        if (System.nanoTime() > nextKill) {
          nextKill += KILL_EVERY;
          kills++;
          ChildWorker victim = workers.remove(random.nextInt(workers.size()));
          victim.kill();
          workers.add(startWorker(fleet));
        }
        LockSupport.parkNanos(10_000_000);
      }
      int expected = accepted;
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () ->
                  fleet.count("select count(*) from task where state in ('succeeded', 'dead')")
                      == expected);

      log.info("seed {}: {} accepted, {} kills, {} fail by plan", seed, accepted, kills, failing);
      assertThat(fleet.count("select count(*) from task where state = 'dead'"))
          .as("exactly the exhausted, seed %d", seed)
          .isEqualTo(failing);
      assertThat(
              fleet.count(
                  "select count(*) from batch where id = ? and succeeded = ? and dead = ?",
                  batch,
                  accepted - failing,
                  failing))
          .as("counted once, seed %d", seed)
          .isEqualTo(1);
    } finally {
      workers.forEach(ChildWorker::close);
    }
  }

  private static ChildWorker startWorker(TestFleet fleet) {
    return ChildWorker.start(
        fleet,
        "taskfleet.worker.settings.script.max-attempts=2",
        "taskfleet.worker.settings.script.backoff-base=100ms",
        "spring.kafka.consumer.properties.session.timeout.ms=6000");
  }

  private static Task task(TestFleet fleet, UUID batch, boolean fails, Random random) {
    Task task =
        fleet.script(
            "{\"does\":\"%s\",\"millis\":%d}"
                .formatted(fails ? "fail" : "succeed", random.nextInt(10)),
            "storm" + random.nextInt(1_000),
            Task.DEFAULT_TENANT,
            List.of(Priority.values()).get(random.nextInt(3)));
    return fleet.ofBatch(task, batch);
  }
}
