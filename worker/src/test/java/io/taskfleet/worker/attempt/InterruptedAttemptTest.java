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
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InterruptedAttemptTest {
  private static final TaskType<Empty> TYPE = new TaskType<>("endless", Empty.class);
  private static final Failure UNKNOWN =
      new Failure.Permanent(ReasonCode.OUTCOME_UNKNOWN, "it may have been done");

  private final RunningWatch watch = new RunningWatch(_ -> {});
  private final CountDownLatch begun = new CountDownLatch(1);

  record Empty() implements Payload {}

  @AfterEach
  void stop() {
    watch.stop();
  }

  @Test
  void isATimeoutAtItsDeadline() {
    watch.start();

    assertThat(make(Duration.ofMillis(1), new InterruptedException()))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure()).isInstanceOf(Failure.Transient.class));
  }

  @Test
  void isNotRepeatedWhenItsOutcomeIsUnknownAtItsDeadline() {
    watch.start();

    assertThat(make(Duration.ofMillis(1), outcomeUnknown())).isEqualTo(new Outcome.Failed(UNKNOWN));
  }

  @Test
  void isNotRepeatedWhenItsOutcomeIsUnknownAtTheWorkersEnd() {
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> _ =
          other.submit(
              () -> {
                begun.await();
                watch.interruptAll();
                return null;
              });

      assertThat(make(Duration.ofMinutes(1), outcomeUnknown()))
          .isEqualTo(new Outcome.Failed(UNKNOWN));
    }
  }

  private static TaskRejectedException outcomeUnknown() {
    return new TaskRejectedException(ReasonCode.OUTCOME_UNKNOWN, "it may have been done");
  }

  private Outcome make(Duration limit, Exception whenInterrupted) {
    try (PayloadReader payloads = new PayloadReader()) {
      Attempts<Empty> attempts =
          new Attempts<>(
              new Endless(begun, whenInterrupted),
              new KnownTypes(payloads, List.of(TYPE)),
              new FailureClassifier(),
              watch,
              limit,
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
      return attempts.make(task, 1, clock.instant());
    }
  }

  private record Endless(CountDownLatch begun, Exception whenInterrupted)
      implements TaskHandler<Empty> {
    @Override
    public TaskType<Empty> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Empty payload, TaskContext context) throws Exception {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw whenInterrupted;
      }
      throw new AssertionError("never");
    }
  }
}
