package io.taskfleet.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerMetersTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private record Outcome(Task task, TaskState state, @Nullable TaskError error)
      implements LedgerMeters.Recorded {}

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LedgerMeters meters = new LedgerMeters(registry, Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void countsOutcomesByStateAndClassOfError() {
    meters.committed(
        4,
        5_000_000,
        List.of(
            outcome(TaskState.SUCCEEDED, null),
            outcome(TaskState.SUCCEEDED, null),
            outcome(TaskState.RETRYING, "timeout"),
            outcome(TaskState.DEAD, "permanent")));

    assertThat(outcomes("succeeded", "none")).isEqualTo(2);
    assertThat(outcomes("retrying", "timeout")).isEqualTo(1);
    assertThat(outcomes("dead", "permanent")).isEqualTo(1);
    assertThat(meters.totals()).isEqualTo(Map.of("succeeded", 2L, "retrying", 1L, "dead", 1L));
  }

  @Test
  void timesTasksThatHaveEnded() {
    meters.committed(
        2, 1, List.of(outcome(TaskState.SUCCEEDED, null), outcome(TaskState.RETRYING, "timeout")));

    var untilRecorded =
        registry.get(LedgerMeters.ACCEPTED_TO_RECORDED).tag("priority", "bulk").timer();
    assertThat(untilRecorded.count()).isEqualTo(1);
    assertThat(untilRecorded.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void errorsThatNobodyKnowsShareOneLabel() {
    List<Outcome> strange =
        IntStream.range(0, 50).mapToObj(i -> outcome(TaskState.DEAD, "strange-" + i)).toList();

    meters.committed(50, 1, strange);

    assertThat(outcomes("dead", "other")).isEqualTo(50);
    assertThat(registry.get(LedgerMeters.OUTCOMES).counters()).hasSize(1);
  }

  @Test
  void aGroupCountsWhatWasToBeWrittenEvenIfNothingChanged() {
    meters.committed(3, 7_000_000, List.of());

    assertThat(registry.get(LedgerMeters.GROUP).summary().totalAmount()).isEqualTo(3);
    assertThat(registry.get(LedgerMeters.COMMIT).timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(7);
    assertThat(meters.totals()).isEmpty();
  }

  private double outcomes(String state, String error) {
    return registry
        .get(LedgerMeters.OUTCOMES)
        .tags("type", "script", "state", state, "error", error)
        .counter()
        .count();
  }

  private static Outcome outcome(TaskState state, @Nullable String errorClass) {
    Task task =
        new Task(
            new UUID(1, 2),
            "acme",
            "script",
            Priority.BULK,
            "key",
            new byte[0],
            NOW.minusSeconds(2),
            Task.Options.NONE,
            null,
            null,
            1);
    TaskError error = errorClass == null ? null : new TaskError("CODE", "detail", errorClass);
    return new Outcome(task, state, error);
  }
}
