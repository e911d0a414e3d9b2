package io.taskfleet.worker.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CapacityTest {
  private static final TaskType<Spin> TYPE = new TaskType<>("spin", Spin.class);

  private final RunningWatch watch = new RunningWatch(_ -> {});
  private final PayloadReader payloads = new PayloadReader();
  private final Capacity one = Capacity.computing("spin", 1, Gate.OPEN);

  /** For ever, if so; else not at all. */
  record Spin(@Nullable Boolean forEver) implements Payload {}

  /** Computes until it is interrupted. */
  private static final class Handler implements TaskHandler<Spin> {
    @Override
    public TaskType<Spin> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Spin payload, TaskContext context) throws InterruptedException {
      while (Boolean.TRUE.equals(payload.forEver())) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Thread.onSpinWait();
      }
      return HandlerResult.of(Thread.currentThread().isInterrupted());
    }
  }

  @BeforeEach
  void start() {
    watch.start();
  }

  @AfterEach
  void stop() {
    watch.stop();
    payloads.close();
  }

  @Test
  void whatComputesRunsOnNamedPlatformThreadsAndNotOnMoreThanThat() throws Exception {
    Capacity two = Capacity.computing("spin", 2, () -> 64);
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Thread> third = new CompletableFuture<>();

    for (int i = 0; i < 2; i++) {
      two.threads()
          .execute(
              () -> {
                started.countDown();
                awaitUnchecked(go);
              });
    }
    two.threads().execute(() -> third.complete(Thread.currentThread()));

    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(third).isNotDone();
    go.countDown();
    Thread thread = third.get(10, TimeUnit.SECONDS);
    assertThat(thread.isVirtual()).isFalse();
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).matches("attempt-spin-[12]");
    assertThat(two.gate().limit()).isEqualTo(2);
  }

  @Test
  void itsDependencyMayAllowLess() {
    assertThat(Capacity.computing("spin", 2, () -> 0).gate().limit()).isZero();
  }

  @Test
  void anAttemptThatComputesTooLongIsStoppedAndTheNextOnItsThreadIsNot() throws Exception {
    Outcome late = make("{\"for_ever\":true}", Duration.ofMillis(100));
    Outcome next = make("{}", Duration.ofSeconds(20));

    assertThat(late)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed ->
                assertThat(failed.failure())
                    .isInstanceOfSatisfying(
                        Failure.Transient.class,
                        it -> assertThat(it.cause()).isEqualTo(ErrorClass.TIMEOUT)));
    assertThat(next)
        .isInstanceOfSatisfying(
            Outcome.Completed.class,
            completed ->
                assertThat(completed.result()).extracting(RawJson::text).isEqualTo("false"));
  }

  private Outcome make(String json, Duration timeout) throws Exception {
    Attempts<Spin> attempts =
        new Attempts<>(
            new Handler(),
            new KnownTypes(payloads, List.of(TYPE)),
            new FailureClassifier(),
            watch,
            timeout,
            new Telemetry(new AttemptMeters(new SimpleMeterRegistry(), TYPE.name()), Tracing.NONE));
    Clock clock = Clock.systemUTC();
    Task task =
        Task.submitted(
            TaskIds.next(clock),
            "acme",
            TYPE,
            new Task.Submission(Priority.NORMAL, "k", json.getBytes(UTF_8), Task.Options.NONE),
            clock.instant(),
            null);
    return CompletableFuture.supplyAsync(
            () -> attempts.make(task, 1, clock.instant()), one.threads())
        .get(20, TimeUnit.SECONDS);
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
