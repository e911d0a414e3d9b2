package io.taskfleet.worker.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Progress;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final TaskType<Empty> TYPE = new TaskType<>("steps", Empty.class);

  private final Queue<TaskStatus> announced = new ConcurrentLinkedQueue<>();
  private final RunningWatch watch = new RunningWatch(announced::add);

  record Empty() implements Payload {}

  @FunctionalInterface
  private interface Work {
    void run(TaskContext context);
  }

  @AfterEach
  void stop() {
    watch.stop();
  }

  @Test
  void isToldWhileTheAttemptRunsAndOnlyWhatWasSaidLast() {
    watch.start();

    AtomicLong steps = new AtomicLong();
    make(
        context -> {
          long began = System.nanoTime();
          IntStream.rangeClosed(0, 10_000).forEach(i -> context.progress(40, "step " + i));
          steps.set(System.nanoTime() - began);
          awaitTold(new Progress(40, "step 10000"));
          context.progress(80, "nearly there");
          awaitTold(new Progress(80, "nearly there"));
        });

    // At most one a tick while they were said, however long that took on a busy machine.
    int ticks = (int) (Duration.ofNanos(steps.get()).toMillis() / 50);
    assertThat(announced).hasSizeBetween(2, 3 + ticks);
    assertThat(announced)
        .allSatisfy(
            status -> {
              assertThat(status.state()).isEqualTo(TaskState.RUNNING);
              assertThat(status.attempt()).isEqualTo(2);
            });
  }

  @Test
  void isOneShortLineThatCannotExceedTheWhole() {
    Progress progress = new Progress(140, "line\nbreak " + "x".repeat(500));

    assertThat(progress.percent()).isEqualTo(100);
    assertThat(progress.message()).hasSize(200).startsWith("line break x");
  }

  private void awaitTold(Progress progress) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> announced.stream().anyMatch(told -> progress.equals(told.progress())));
  }

  private void make(Work work) {
    try (PayloadReader payloads = new PayloadReader()) {
      Attempts<Empty> attempts =
          new Attempts<>(
              new Handler(work),
              new KnownTypes(payloads, List.of(TYPE)),
              new FailureClassifier(),
              watch,
              Duration.ofSeconds(20),
              new Telemetry(
                  new AttemptMeters(new SimpleMeterRegistry(), TYPE.name()), Tracing.NONE));
      Clock clock = Clock.systemUTC();
      Task task =
          Task.submitted(
              TaskIds.next(clock),
              "acme",
              TYPE,
              new Task.Submission(Priority.NORMAL, "k", "{}".getBytes(UTF_8), Task.Options.NONE),
              clock.instant(),
              null);
      assertThat(attempts.make(task, 2, clock.instant())).isInstanceOf(Outcome.Completed.class);
    }
  }

  private record Handler(Work work) implements TaskHandler<Empty> {
    @Override
    public TaskType<Empty> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Empty payload, TaskContext context) {
      work.run(context);
      return HandlerResult.of(null);
    }
  }
}
