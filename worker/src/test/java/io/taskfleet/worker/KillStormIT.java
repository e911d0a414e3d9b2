package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
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

  /** Of each priority. Low, so that a repeat which no kill explains is found out. */
  private static final int MAX_IN_FLIGHT = 250;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final UUID batch = UUID.randomUUID();
  private final Set<UUID> accepted = new HashSet<>();
  private final Set<UUID> failing = new HashSet<>();
  private final List<ChildWorker> workers = new ArrayList<>();
  private int kills;

  @AfterEach
  void stopWorkers() {
    workers.forEach(ChildWorker::close);
  }

  @Test
  void losesNothingCountsEveryTaskOnceAndRepeatsNoMoreThanWasInFlight() throws Exception {
    String name = "sink:" + batch;
    try (TestFleet fleet =
            new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("kill"));
        Sink sink = new Sink(SharedLocalStack.get().redisUri(), name)) {
      for (int i = 0; i < 3; i++) {
        workers.add(startWorker(fleet, name));
      }
      fleet.awaitCreated(ScriptHandler.TYPE);

      publishAndKill(fleet, name);

      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> assertThat(unended(fleet)).as("lost or stuck, seed %d", seed).isEmpty());
      Map<Sink.Call, Integer> calls = sink.calls();
      log.info(
          "seed {}: {} accepted, accepted - (succeeded U dead) = {}, {} kills, {} fail by plan,"
              + " {} calls at the sink, {} of them repeats",
          seed,
          accepted.size(),
          unended(fleet).size(),
          kills,
          failing.size(),
          calls.values().stream().mapToInt(Integer::intValue).sum(),
          repeats(calls));
      assertEffectsHappenedOnce(fleet);
      assertCallsAreExplained(calls);
    }
  }

  private void publishAndKill(TestFleet fleet, String sink) throws InterruptedException {
    long start = System.nanoTime();
    long nextKill = start + KILL_EVERY;
    while (System.nanoTime() - start < LENGTH.toNanos()) {
      long due = (System.nanoTime() - start) * RATE / 1_000_000_000;
      List<Task> tasks = new ArrayList<>();
      while (accepted.size() + tasks.size() < due) {
        tasks.add(task(fleet));
      }
      fleet.publishAll(tasks);
      tasks.forEach(task -> accepted.add(task.id()));
      if (System.nanoTime() > nextKill) {
        nextKill += KILL_EVERY;
        kills++;
        workers.remove(random.nextInt(workers.size())).kill();
        workers.add(startWorker(fleet, sink));
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** Accepted - (succeeded U dead), by id. */
  private Set<UUID> unended(TestFleet fleet) {
    Set<UUID> unended = new HashSet<>(accepted);
    ids(fleet, "state in ('succeeded', 'dead')").forEach(unended::remove);
    return unended;
  }

  private void assertEffectsHappenedOnce(TestFleet fleet) {
    assertThat(Set.copyOf(ids(fleet, "state = 'dead'")))
        .as("exactly the exhausted, seed %d", seed)
        .isEqualTo(failing);
    assertThat(
            fleet.count(
                "select count(*) from batch where id = ? and succeeded = ? and dead = ?",
                batch,
                accepted.size() - failing.size(),
                failing.size()))
        .as("counted once, seed %d", seed)
        .isEqualTo(1);
  }

  /**
   * A call is made again only if a worker died between the call and the commit of its outcome. The
   * record was in flight there, with a permit or with the ledger, so that one death repeats at most
   * what one worker may have in flight, and each of that once.
   */
  private void assertCallsAreExplained(Map<Sink.Call, Integer> calls) {
    assertThat(calls.keySet().stream().map(Sink.Call::task).collect(Collectors.toSet()))
        .as("every task reached the sink, seed %d", seed)
        .isEqualTo(accepted);
    assertThat(calls.keySet())
        .as("no attempt beyond the last, seed %d", seed)
        .allMatch(call -> call.attempt() <= (failing.contains(call.task()) ? 2 : 1));
    assertThat(repeats(calls))
        .as("repeats after %d kills, seed %d", kills, seed)
        .isLessThanOrEqualTo(kills * MAX_IN_FLIGHT * Priority.values().length);
  }

  private static int repeats(Map<Sink.Call, Integer> calls) {
    return calls.values().stream().mapToInt(times -> times - 1).sum();
  }

  private static List<UUID> ids(TestFleet fleet, String which) {
    return fleet.database.sql("select id from task where " + which).query(UUID.class).list();
  }

  private static ChildWorker startWorker(TestFleet fleet, String sink) {
    return ChildWorker.start(
        fleet,
        ScriptHandler.SINK + "=" + sink,
        "taskfleet.worker.settings.script.max-attempts=2",
        "taskfleet.worker.settings.script.backoff-base=100ms",
        "taskfleet.worker.settings.script.max-in-flight=" + MAX_IN_FLIGHT,
        "spring.kafka.consumer.properties.session.timeout.ms=6000");
  }

  private Task task(TestFleet fleet) {
    boolean fails = random.nextInt(100) == 0;
    Task task =
        fleet.script(
            "{\"does\":\"%s\",\"millis\":%d}"
                .formatted(fails ? "fail" : "succeed", random.nextInt(10)),
            "storm" + random.nextInt(1_000),
            Task.DEFAULT_TENANT,
            List.of(Priority.values()).get(random.nextInt(3)));
    if (fails) {
      failing.add(task.id());
    }
    return TestTasks.ofBatch(task, batch);
  }
}
