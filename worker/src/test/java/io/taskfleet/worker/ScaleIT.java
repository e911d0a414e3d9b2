package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workers that are added and told to go (SIGTERM) under load: 1, 4, 1. */
class ScaleIT {
  private static final Logger log = LoggerFactory.getLogger(ScaleIT.class);
  private static final int MOST = 4;
  private static final int RATE = 300;

  /** What an orchestrator gives a worker to go. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<ChildWorker> workers = new ArrayList<>();
  private final List<UUID> accepted = new ArrayList<>();

  @AfterEach
  void stopWorkers() {
    workers.forEach(ChildWorker::close);
  }

  @Test
  void losesNothingRepeatsNoCallAndEachThatGoesIsGoneInTime() throws Exception {
    String name = "sink:" + UUID.randomUUID();
    try (TestFleet fleet =
            new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("scale"));
        Sink sink = new Sink(SharedLocalStack.get().redisUri(), name)) {
      // They come up one after the other, and while they do tasks are published.
      IntStream.range(0, MOST).forEach(_ -> workers.add(startWorker(fleet, name)));
      fleet.awaitCreated(ScriptHandler.TYPE);
      publishUntil(fleet, () -> fleet.topics.members(ScriptHandler.TYPE) == MOST);
      List<ChildWorker> leaving = List.copyOf(workers.subList(0, MOST - 1));
      List<Duration> gone = new ArrayList<>();
      for (ChildWorker worker : leaving) {
        CompletableFuture<Duration> end = CompletableFuture.supplyAsync(() -> worker.drain(GRACE));
        publishUntil(fleet, end::isDone);
        gone.add(end.join());
      }
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  fleet.count("select count(*) from task where state = 'succeeded'")
                      == accepted.size());

      Map<Sink.Call, Integer> calls = sink.calls();
      log.info(
          "seed {}: {} accepted, {} succeeded, {} calls at the sink, {} of them repeats;"
              + " the {} that went took {}",
          seed,
          accepted.size(),
          accepted.size(),
          calls.values().stream().mapToInt(Integer::intValue).sum(),
          calls.values().stream().mapToInt(times -> times - 1).sum(),
          gone.size(),
          gone);
      assertThat(calls.keySet().stream().map(Sink.Call::task).collect(Collectors.toSet()))
          .as("seed %d", seed)
          .isEqualTo(Set.copyOf(accepted));
      assertThat(calls.values()).as("seed %d", seed).allMatch(times -> times == 1);
    }
  }

  private void publishUntil(TestFleet fleet, BooleanSupplier done) {
    long start = System.nanoTime();
    int before = accepted.size();
    while (!done.getAsBoolean()) {
      long due = before + (System.nanoTime() - start) * RATE / 1_000_000_000;
      List<Task> tasks = new ArrayList<>();
      while (accepted.size() + tasks.size() < due) {
        tasks.add(task(fleet));
      }
      fleet.publishAll(tasks);
      tasks.forEach(task -> accepted.add(task.id()));
      LockSupport.parkNanos(10_000_000);
    }
  }

  private Task task(TestFleet fleet) {
    return fleet.script(
        "{\"does\":\"succeed\",\"millis\":%d}".formatted(random.nextInt(200)),
        "scale" + random.nextInt(1_000),
        Task.DEFAULT_TENANT,
        List.of(Priority.values()).get(random.nextInt(3)));
  }

  private static ChildWorker startWorker(TestFleet fleet, String sink) {
    return ChildWorker.start(fleet, ScriptHandler.SINK + "=" + sink);
  }
}
