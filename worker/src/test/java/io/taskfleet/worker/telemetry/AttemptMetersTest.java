package io.taskfleet.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttemptMetersTest {
  private static final Instant ACCEPTED = Instant.parse("2026-11-21T12:00:00.900Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AttemptMeters meters = new AttemptMeters(registry, "script");

  @Test
  void countsEveryAttemptByPriority() {
    meters.started(task(Priority.HIGH, 1, null), ACCEPTED);
    meters.started(task(Priority.HIGH, 2, null), ACCEPTED);
    meters.started(task(Priority.BULK, 1, null), ACCEPTED);

    assertThat(started("high")).isEqualTo(2);
    assertThat(started("normal")).isZero();
    assertThat(started("bulk")).isEqualTo(1);
  }

  @Test
  void timesTheWaitForTheFirstTurnOnly() {
    meters.started(task(Priority.NORMAL, 1, null), ACCEPTED.plusMillis(250));
    meters.started(task(Priority.NORMAL, 2, null), ACCEPTED.plusSeconds(3_600));

    assertThat(untilStarted().count()).isEqualTo(1);
    assertThat(untilStarted().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(250);
  }

  @Test
  void aScheduledTaskWaitsFromItsTimeOn() {
    Instant runAt = ACCEPTED.plus(Duration.ofDays(1));

    meters.started(task(Priority.NORMAL, 2, runAt), runAt.plusMillis(20));
    meters.started(task(Priority.NORMAL, 3, runAt), runAt.plusSeconds(20));

    assertThat(untilStarted().count()).isEqualTo(1);
    assertThat(untilStarted().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(20);
  }

  @Test
  void clocksThatDisagreeMakeNoNegativeTimesAndNoOverflow() {
    Task task = task(Priority.NORMAL, 1, null);

    assertThat(Latency.sinceAccepted(task, ACCEPTED.minusMillis(1))).isZero();
    assertThat(Latency.sinceAccepted(task, ACCEPTED.minusMillis(950))).isZero();
    assertThat(Latency.sinceAccepted(task, Instant.MIN)).isZero();
    assertThat(Latency.sinceAccepted(task, ACCEPTED.plusMillis(200))).isEqualTo(200_000_000);
    assertThat(Latency.sinceAccepted(task, Instant.MAX)).isPositive();
  }

  @Test
  void tellsApartHowAttemptsEnded() {
    meters.ended(AttemptEnd.COMPLETED, 1_000_000);
    meters.ended(AttemptEnd.INTERRUPTED, 1_000_000);
    meters.ended(AttemptEnd.of(new Failure.Interrupted("drain")), 1_000_000);
    meters.ended(AttemptEnd.of(new Failure.Unavailable("open", Duration.ofSeconds(1))), 1_000_000);
    meters.ended(AttemptEnd.of(new Failure.Transient(ErrorClass.DNS, "x", null)), 1_000_000);
    meters.ended(AttemptEnd.of(new Failure.Permanent(ReasonCode.REJECTED, "x")), 1_000_000);

    assertThat(ended("completed")).isEqualTo(1);
    assertThat(ended("interrupted")).isEqualTo(2);
    assertThat(ended("refused")).isEqualTo(1);
    assertThat(ended("failed")).isEqualTo(2);
  }

  private double started(String priority) {
    return registry.get(AttemptMeters.STARTED).tag("priority", priority).counter().count();
  }

  private Timer untilStarted() {
    return registry.get(AttemptMeters.ACCEPTED_TO_STARTED).tag("priority", "normal").timer();
  }

  private long ended(String outcome) {
    return registry.get(AttemptMeters.DURATION).tag("outcome", outcome).timer().count();
  }

  private static Task task(Priority priority, int delivery, @Nullable Instant runAt) {
    return new Task(
        new UUID(1, 2),
        "acme",
        "script",
        priority,
        "key",
        new byte[0],
        ACCEPTED,
        new Task.Options(null, null, runAt, null),
        null,
        null,
        delivery);
  }
}
