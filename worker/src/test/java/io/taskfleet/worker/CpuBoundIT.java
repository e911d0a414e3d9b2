package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RedisKeys;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Attempts that compute end when those that wait would: a worker with one thread for them. */
@Timeout(120)
class CpuBoundIT {
  private static final TaskType<Sum> TYPE = new TaskType<>("sum", Sum.class);
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("cpu_bound"));
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** What is not to end by itself. */
  private static final Task.Options LONG =
      new Task.Options(null, Duration.ofMinutes(2), null, null);

  private static final Queue<UUID> STARTED = new ConcurrentLinkedQueue<>();
  private static final Set<UUID> LET_GO = ConcurrentHashMap.newKeySet();

  /**
   * Adds up until it is let go, or interrupted.
   *
   * @param deaf whether interrupts change nothing
   */
  record Sum(@Nullable Boolean deaf) implements Payload {}

  private static final class Summing implements TaskHandler<Sum> {
    @Override
    public TaskType<Sum> type() {
      return TYPE;
    }

    @Override
    public boolean isCpuBound() {
      return true;
    }

    @Override
    public HandlerResult handle(Sum payload, TaskContext context) throws InterruptedException {
      STARTED.add(context.id());
      context.progress(40, "adding up");
      long sum = 0;
      while (!LET_GO.contains(context.id())) {
        sum++;
        if (payload.deaf() == null && Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return HandlerResult.of(sum);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Configured {
    @Bean
    TaskHandler<Sum> summing() {
      return new Summing();
    }
  }

  private @Nullable ConfigurableApplicationContext worker;

  @AfterEach
  void stopWorker() {
    LET_GO.addAll(STARTED);
    if (worker != null) {
      worker.close();
    }
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @Test
  void tellsItsProgressAndStopsWhenItIsCancelledAndLeavesItsThreadToTheNext() {
    start(1);
    Task task = sum("{}", LONG);
    FLEET.publish(task);
    awaitStarted(task, 1);
    Task next = letGo(sum("{}", Task.Options.NONE));
    FLEET.publish(next);
    try (RedisClient client = RedisClient.create(SharedLocalStack.get().redisUri());
        StatefulRedisConnection<String, String> redis = client.connect()) {
      await()
          .untilAsserted(
              () ->
                  assertThat(redis.sync().get(RedisKeys.task(task.id())))
                      .contains("\"running\"", "\"percent\":40", "adding up"));
    }

    CancellationIT.insertCancelled(FLEET, task);

    FLEET.awaitState(next.id(), "succeeded");
    assertThat(FLEET.state(task.id())).isEqualTo("cancelled");
    assertThat(Collections.frequency(STARTED, task.id())).isEqualTo(1);
  }

  @Test
  void isStoppedAtItsDeadlineEachTime() {
    start(1);
    Task late = sum("{}", new Task.Options(2, Duration.ofMillis(500), null, null));

    FLEET.publish(late);
    Task next = letGo(sum("{}", Task.Options.NONE));
    FLEET.publish(next);

    FLEET.awaitState(late.id(), "dead");
    FLEET.awaitState(next.id(), "succeeded");
    assertThat(
            FLEET.count(
                "select count(*) from task where id = ? and attempt = 2"
                    + " and error_code = 'RETRIES_EXHAUSTED' and error_class = 'timeout'",
                late.id()))
        .isEqualTo(1);
    assertThat(Collections.frequency(STARTED, late.id())).isEqualTo(2);
  }

  @Test
  void spendsNothingWhenTheWorkerDrainsAndHoldsThatUpNoLongerThanTheDeadline() {
    start(2);
    Task listening = sum("{}", LONG);
    Task deaf = sum("{\"deaf\":true}", LONG);
    FLEET.publishAll(List.of(listening, deaf));
    awaitStarted(listening, 1);
    awaitStarted(deaf, 1);

    long began = System.nanoTime();
    Objects.requireNonNull(worker).close();
    Duration drained = Duration.ofNanos(System.nanoTime() - began);

    System.out.printf("drained in %d ms%n", drained.toMillis());
    assertThat(drained).isLessThan(DRAIN.plusSeconds(15));
    letGo(deaf);
    assertThat(FLEET.state(listening.id())).isEqualTo("unknown");
    letGo(listening);
    start(2);
    for (Task each : List.of(listening, deaf)) {
      FLEET.awaitState(each.id(), "succeeded");
      awaitStarted(each, 2);
      assertThat(FLEET.count("select attempt from task where id = ?", each.id())).isEqualTo(1);
    }
  }

  private void start(int threads) {
    worker =
        FLEET.startWorker(
            new SpringApplicationBuilder(WorkerApplication.class, Configured.class),
            "taskfleet.worker.types=sum",
            "taskfleet.worker.cpu-threads=" + threads,
            "taskfleet.worker.drain-deadline=" + DRAIN,
            "taskfleet.worker.defaults.attempt-timeout=" + DRAIN,
            "taskfleet.worker.defaults.backoff-base=50ms");
  }

  private static Task sum(String payload, Task.Options options) {
    return FLEET.task(TYPE, payload, options);
  }

  private static Task letGo(Task task) {
    LET_GO.add(task.id());
    return task;
  }

  private static void awaitStarted(Task task, int times) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Collections.frequency(STARTED, task.id()) == times);
  }
}
