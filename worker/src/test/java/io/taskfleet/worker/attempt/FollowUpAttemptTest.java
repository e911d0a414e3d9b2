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
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowUpAttemptTest {
  private static final TaskType<Empty> TYPE = new TaskType<>("followed", Empty.class);

  record Empty() implements Payload {}

  @ParameterizedTest
  @CsvSource({
    "BULK, NORMAL, BULK",
    "BULK, HIGH, HIGH",
    "NORMAL, NORMAL, NORMAL",
    "HIGH, NORMAL, NORMAL",
  })
  void whatFollowsFromBulkWorkIsBulkUnlessItIsUrgent(
      Priority task, Priority following, Priority recorded) {
    Task follower = task(following);

    Outcome outcome = make(task(task), follower);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Completed.class,
            completed ->
                assertThat(completed.effects())
                    .singleElement()
                    .isInstanceOfSatisfying(
                        Effect.TaskSubmitted.class,
                        submitted -> {
                          assertThat(submitted.task().id()).isEqualTo(follower.id());
                          assertThat(submitted.task().priority()).isEqualTo(recorded);
                        }));
  }

  private static Task task(Priority priority) {
    Clock clock = Clock.systemUTC();
    return Task.submitted(
        TaskIds.next(clock),
        "acme",
        TYPE,
        new Task.Submission(priority, "k", "{}".getBytes(UTF_8), Task.Options.NONE),
        clock.instant(),
        null);
  }

  private static Outcome make(Task task, Task follower) {
    try (PayloadReader payloads = new PayloadReader()) {
      return new Attempts<>(
              new Followed(follower),
              new KnownTypes(payloads, List.of(TYPE)),
              new FailureClassifier(),
              new RunningWatch(_ -> {}),
              Duration.ofSeconds(20),
              new Telemetry(
                  new AttemptMeters(new SimpleMeterRegistry(), TYPE.name()), Tracing.NONE))
          .make(task, 1, Clock.systemUTC().instant());
    }
  }

  private record Followed(Task follower) implements TaskHandler<Empty> {
    @Override
    public TaskType<Empty> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Empty payload, TaskContext context) {
      return new ResultWithEffects(null, List.of(new Effect.TaskSubmitted(follower)));
    }
  }
}
