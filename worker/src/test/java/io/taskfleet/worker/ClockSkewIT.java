package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker does on a server whose clock is wrong. */
class ClockSkewIT {
  private static final Duration EARLY = Duration.ofSeconds(1);

  /** Full jitter may make some waits short, but not all of so many. */
  private static final int RETRIED = 10;

  private static final Duration BACKOFF = Duration.ofSeconds(2);

  @ParameterizedTest
  @ValueSource(strings = {"-PT1H", "PT1H"})
  void aClockThatIsAnHourOffLosesNothingAndMakesNothingEarly(Duration skew) {
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("skew"))) {
      fleet.startSkewedScriptWorker(
          skew,
          "taskfleet.worker.settings.script.backoff-base=" + BACKOFF,
          "taskfleet.worker.settings.script.backoff-cap=" + BACKOFF);
      Instant now = Instant.now();
      Instant runAt = now.plusSeconds(10);
      Task scheduled = script(fleet, "succeed", runAt, null);
      Task expiring = script(fleet, "succeed", null, now.plus(Duration.ofMinutes(30)));
      List<Task> retried =
          IntStream.range(0, RETRIED)
              .mapToObj(_ -> script(fleet, "fail_once", null, null))
              .toList();

      fleet.publishAll(Stream.concat(Stream.of(scheduled, expiring), retried.stream()).toList());

      fleet.awaitState(expiring.id(), "succeeded");
      retried.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
      fleet.awaitState(scheduled.id(), "succeeded");
      assertThat(played(scheduled, 1).started()).isAfter(runAt.minus(EARLY));
      assertThat(retried.stream().map(ClockSkewIT::waited).max(Duration::compareTo).orElseThrow())
          .isGreaterThan(BACKOFF.dividedBy(4));
      System.out.printf(
          "clock off by %s: %d of %d succeeded, the scheduled one %d ms after it was due%n",
          skew,
          RETRIED + 2,
          RETRIED + 2,
          Duration.between(runAt, played(scheduled, 1).started()).toMillis());
    }
  }

  private static Task script(
      TestFleet fleet, String does, @Nullable Instant runAt, @Nullable Instant expiresAt) {
    return fleet.task(
        ScriptHandler.TYPE,
        "{\"does\":\"%s\"}".formatted(does),
        new Task.Options(null, null, runAt, expiresAt));
  }

  private static Duration waited(Task task) {
    return Duration.between(played(task, 1).ended(), played(task, 2).started());
  }

  private static ScriptHandler.Played played(Task task, int attempt) {
    return ScriptHandler.PLAYED.stream()
        .filter(each -> each.id().equals(task.id()) && each.attempt() == attempt)
        .findFirst()
        .orElseThrow();
  }
}
