package io.taskfleet.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.RetryPolicy.Attempted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

  private final RetryPolicy policy = new RetryPolicy(5, BACKOFF, Duration.ofHours(1));
  private final Random random = new Random(1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void triesAgainWithinTheBackoffAndTheTotalTime(long seed) {
    Random seeded = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      int attempt = 1 + seeded.nextInt(8);
      Instant since = NOW.minusSeconds(seeded.nextInt(2 * 3_600));

      Verdict verdict = verdict(transientFailure(null), new Attempted(attempt, since, null));

      Instant end = since.plus(policy.totalTime());
      switch (verdict) {
        case Verdict.Retry(Instant dueAt) -> {
          assertThat(attempt).as("seed %d", seed).isLessThan(policy.maxAttempts());
          assertThat(dueAt)
              .as("seed %d", seed)
              .isBetween(NOW, NOW.plus(BACKOFF.ceiling(attempt)))
              .isBeforeOrEqualTo(end);
        }
        case Verdict.Die(ReasonCode reason) -> {
          assertThat(reason).isEqualTo(ReasonCode.RETRIES_EXHAUSTED);
          assertThat(
                  attempt >= policy.maxAttempts()
                      || NOW.plus(BACKOFF.ceiling(attempt)).isAfter(end))
              .as("seed %d", seed)
              .isTrue();
        }
        case Verdict.Defer _, Verdict.GiveBack _ ->
            throw new AssertionError("seed " + seed + ": " + verdict);
      }
    }
  }

  @Test
  void diesAfterTheLastAttempt() {
    assertThat(verdict(transientFailure(null), new Attempted(4, NOW, null)))
        .isInstanceOf(Verdict.Retry.class);
    assertThat(verdict(transientFailure(null), new Attempted(5, NOW, null)))
        .isEqualTo(new Verdict.Die(ReasonCode.RETRIES_EXHAUSTED));
  }

  @Test
  void letsTheTaskSayHowOften() {
    assertThat(verdict(transientFailure(null), new Attempted(1, NOW, 1)))
        .isEqualTo(new Verdict.Die(ReasonCode.RETRIES_EXHAUSTED));
    assertThat(verdict(transientFailure(null), new Attempted(7, NOW, 8)))
        .isInstanceOf(Verdict.Retry.class);
  }

  @Test
  void waitsAtLeastAsLongAsItWasAskedTo() {
    Failure asked = transientFailure(Duration.ofMinutes(20));

    assertThat(verdict(asked, new Attempted(1, NOW, null)))
        .isEqualTo(new Verdict.Retry(NOW.plus(Duration.ofMinutes(20))));
  }

  @Test
  void diesWhenItIsAskedToWaitBeyondTheTotalTime() {
    Failure asked = transientFailure(Duration.ofMinutes(20));

    assertThat(verdict(asked, new Attempted(1, NOW.minus(Duration.ofMinutes(50)), null)))
        .isEqualTo(new Verdict.Die(ReasonCode.RETRIES_EXHAUSTED));
  }

  @Test
  void defersWithoutEndAndNeverAtOnce() {
    Failure away = new Failure.Unavailable("away", Duration.ofSeconds(30));
    Failure now = new Failure.Unavailable("now", Duration.ZERO);
    Failure overnight = new Failure.Unavailable("asleep", Duration.ofHours(9));
    Attempted forever = new Attempted(99, NOW.minus(Duration.ofDays(99)), 1);

    for (int i = 0; i < 1_000; i++) {
      assertThat(deferredTo(verdict(away, forever)))
          .isBetween(NOW.plusSeconds(30), NOW.plusSeconds(33));
      assertThat(deferredTo(verdict(now, forever)))
          .isBetween(NOW.plusSeconds(1), NOW.plusMillis(1_100));
      assertThat(deferredTo(verdict(overnight, forever)))
          .isBetween(NOW.plus(Duration.ofHours(9)), NOW.plus(Duration.ofMinutes(9 * 60 + 1)));
    }
  }

  @Test
  void defersByAYearWhatAHandlerWouldPutOffForEver() {
    Failure never = new Failure.Unavailable("never", ChronoUnit.FOREVER.getDuration());

    assertThat(deferredTo(verdict(never, new Attempted(1, NOW, null))))
        .isBetween(NOW.plus(Duration.ofDays(365)), NOW.plus(Duration.ofDays(366)));
  }

  @Test
  void killsWhatIsPermanentOrNoTask() {
    Attempted first = new Attempted(1, NOW, null);

    assertThat(verdict(new Failure.Permanent(ReasonCode.REJECTED, "no"), first))
        .isEqualTo(new Verdict.Die(ReasonCode.REJECTED));
    assertThat(verdict(new Failure.Undecodable(ReasonCode.MALFORMED, "no"), first))
        .isEqualTo(new Verdict.Die(ReasonCode.MALFORMED));
  }

  @Test
  void givesBackWhatADrainInterrupted() {
    assertThat(verdict(new Failure.Interrupted("drain"), new Attempted(5, NOW, null)))
        .isEqualTo(new Verdict.GiveBack());
  }

  static Stream<Arguments> verdictsByClass() {
    Duration day = Duration.ofDays(1);
    // class, attempt, age of the first one, what the caller asked for; the longest wait or death
    return Stream.of(
        arguments(ErrorClass.TIMEOUT, 1, Duration.ZERO, null, Duration.ofSeconds(1)),
        arguments(ErrorClass.TIMEOUT, 3, Duration.ZERO, null, Duration.ofSeconds(4)),
        arguments(ErrorClass.TIMEOUT, 5, Duration.ZERO, null, null),
        arguments(ErrorClass.CONNECTION, 1, day, null, null),
        arguments(ErrorClass.DNS, 1, Duration.ZERO, null, Duration.ofSeconds(1)),
        arguments(ErrorClass.DNS, 2, Duration.ZERO, null, null),
        arguments(ErrorClass.DNS, 2, Duration.ZERO, 9, null),
        arguments(ErrorClass.DNS, 1, Duration.ZERO, 1, null),
        arguments(ErrorClass.THROTTLED, 1, Duration.ZERO, null, Duration.ofMinutes(5)),
        arguments(ErrorClass.THROTTLED, 4, day, null, Duration.ofMinutes(20)),
        arguments(ErrorClass.THROTTLED, 5, day, null, null),
        arguments(ErrorClass.THROTTLED, 8, day, 9, Duration.ofMinutes(20)),
        arguments(ErrorClass.THROTTLED, 1, Duration.ofDays(3), null, null));
  }

  @ParameterizedTest
  @MethodSource("verdictsByClass")
  void tellsClassesOfErrorsApart(
      ErrorClass cause,
      int attempt,
      Duration age,
      @Nullable Integer asked,
      @Nullable Duration wait) {
    Backoff greylisted = new Backoff(Duration.ofMinutes(5), Duration.ofMinutes(20));
    RetryPolicy choosy =
        new RetryPolicy(
            5,
            BACKOFF,
            Duration.ofHours(1),
            Map.of(
                ErrorClass.DNS, new RetryPolicy.Exceptional(2, null, null),
                ErrorClass.THROTTLED,
                    new RetryPolicy.Exceptional(null, greylisted, Duration.ofDays(2))));
    Attempted attempted = new Attempted(attempt, NOW.minus(age), asked);

    for (int i = 0; i < 200; i++) {
      Verdict verdict =
          choosy.verdict(new Failure.Transient(cause, "failed", null), attempted, NOW, random);

      if (wait == null) {
        assertThat(verdict).isEqualTo(new Verdict.Die(ReasonCode.RETRIES_EXHAUSTED));
      } else {
        assertThat(verdict)
            .isInstanceOfSatisfying(
                Verdict.Retry.class,
                retry -> assertThat(retry.dueAt()).isBetween(NOW, NOW.plus(wait)));
      }
    }
  }

  @Test
  void refusesAPolicyWithoutAttemptsOrTime() {
    assertThatThrownBy(() -> new RetryPolicy.Exceptional(0, null, null))
        .hasMessageContaining("max-attempts");
    assertThatThrownBy(() -> new RetryPolicy.Exceptional(null, null, Duration.ZERO))
        .hasMessageContaining("total-time");
    assertThatThrownBy(() -> new RetryPolicy(0, BACKOFF, Duration.ofHours(1)))
        .hasMessageContaining("max-attempts");
    assertThatThrownBy(() -> new RetryPolicy(1, BACKOFF, Duration.ZERO))
        .hasMessageContaining("total-time");
  }

  private Verdict verdict(Failure failure, Attempted attempted) {
    return policy.verdict(failure, attempted, NOW, random);
  }

  private static Failure transientFailure(@Nullable Duration retryAfter) {
    return new Failure.Transient(ErrorClass.CONNECTION, "reset", retryAfter);
  }

  private static Instant deferredTo(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Defer.class);
    return ((Verdict.Defer) verdict).dueAt();
  }
}
