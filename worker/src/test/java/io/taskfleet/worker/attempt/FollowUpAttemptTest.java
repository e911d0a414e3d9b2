package io.taskfleet.worker.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.handler.FollowUp;
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
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

  @ParameterizedTest
  @CsvSource({
    "2126-01-01T00:00:00Z, , false, 2126-01-01T00:00:00Z",
    "2126-01-01T00:00:00Z, 2126-02-01T00:00:00Z, false, 2126-02-01T00:00:00Z",
    "2126-01-01T00:00:00Z, , true, ",
    ", , false, ",
    ", 2126-02-01T00:00:00Z, false, 2126-02-01T00:00:00Z",
  })
  void whatFollowsExpiresWithItsTaskUnlessItHasAnEndOfItsOwnOrOutlivesIt(
      @Nullable Instant end, @Nullable Instant own, boolean outlives, @Nullable Instant recorded) {
    Effect follower = new Effect.TaskSubmitted(task(Priority.NORMAL, own), outlives);

    Outcome outcome =
        make(task(Priority.NORMAL, end), new ResultWithEffects(null, List.of(follower)));

    assertThat(follower(outcome).options().expiresAt()).isEqualTo(recorded);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, true", "PT59M, true", "PT61M, false"})
  void aFollowUpExpiresWithItsTaskUnlessItIsDelayedBeyondThat(Duration delay, boolean expires) {
    Instant end = Instant.now().plus(Duration.ofHours(1));
    FollowUp later = new FollowUp(TYPE.name(), new Empty(), null, delay);

    Outcome outcome = make(task(Priority.BULK, end), HandlerResult.of(null, List.of(later)));

    assertThat(follower(outcome).options().expiresAt()).isEqualTo(expires ? end : null);
    assertThat(follower(outcome).priority()).isEqualTo(Priority.BULK);
  }

  private static Task follower(Outcome outcome) {
    Effect effect = ((Outcome.Completed) outcome).effects().getFirst();
    return ((Effect.TaskSubmitted) effect).task();
  }

  private static Task task(Priority priority) {
    return task(priority, null);
  }

  private static Task task(Priority priority, @Nullable Instant end) {
    Clock clock = Clock.systemUTC();
    return Task.submitted(
        TaskIds.next(clock),
        "acme",
        TYPE,
        new Task.Submission(
            priority, "k", "{}".getBytes(UTF_8), new Task.Options(null, null, null, end)),
        clock.instant(),
        null);
  }

  private static Outcome make(Task task, Task follower) {
    return make(task, new ResultWithEffects(null, List.of(new Effect.TaskSubmitted(follower))));
  }

  private static Outcome make(Task task, HandlerResult result) {
    try (PayloadReader payloads = new PayloadReader()) {
      return new Attempts<>(
              new Followed(result),
              new KnownTypes(payloads, List.of(TYPE)),
              new FailureClassifier(),
              new RunningWatch(_ -> {}),
              Duration.ofSeconds(20),
              new Telemetry(
                  new AttemptMeters(new SimpleMeterRegistry(), TYPE.name()), Tracing.NONE))
          .make(task, 1, Clock.systemUTC().instant());
    }
  }

  private record Followed(HandlerResult result) implements TaskHandler<Empty> {
    @Override
    public TaskType<Empty> type() {
      return TYPE;
    }

    @Override
    public HandlerResult handle(Empty payload, TaskContext context) {
      return result;
    }
  }
}
