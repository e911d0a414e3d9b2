package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is fired late, and what is not fired any more. */
class LatenessTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final Timing HOURLY = new Timing.Every(START, Duration.ofHours(1));
  private static final Lateness LATENESS = new Lateness(Duration.ofMinutes(1), Duration.ofDays(7));

  @ParameterizedTest
  @EnumSource(CatchUp.class)
  void firesWhatIsOnlyALittleLateWhateverThePolicy(CatchUp policy) {
    assertThat(hourly(policy, 1, at(1).plusSeconds(60), 100)).isEqualTo(firings(at(2), at(1)));
  }

  @ParameterizedTest
  @EnumSource(CatchUp.class)
  void firesNothingEarly(CatchUp policy) {
    assertThat(hourly(policy, 1, at(1).minusNanos(1_000), 100)).isEqualTo(firings(at(1)));
  }

  @Test
  void skipsWhatWasMissed() {
    assertThat(hourly(CatchUp.SKIP, 1, at(5).plusSeconds(90), 100)).isEqualTo(firings(at(6)));
    assertThat(hourly(CatchUp.SKIP, 1, at(5).plusSeconds(9), 100)).isEqualTo(firings(at(6), at(5)));
  }

  @Test
  void firesOnceForAllThatWereMissed() {
    assertThat(hourly(CatchUp.ONCE, 1, at(5).plusSeconds(90), 100))
        .isEqualTo(firings(at(6), at(1)));
    assertThat(hourly(CatchUp.ONCE, 1, at(5).plusSeconds(9), 100))
        .isEqualTo(firings(at(6), at(1), at(5)));
  }

  @Test
  void firesAllThatWereMissedSomeAtATime() {
    assertThat(hourly(CatchUp.ALL, 1, at(5).plusSeconds(90), 3))
        .isEqualTo(firings(at(4), at(1), at(2), at(3)));
    assertThat(hourly(CatchUp.ALL, 4, at(5).plusSeconds(90), 3))
        .isEqualTo(firings(at(6), at(4), at(5)));
  }

  @Test
  void makesUpForNothingTooOld() {
    Instant now = at(200).plusSeconds(90);

    Lateness.Firings due = hourly(CatchUp.ALL, 1, now, 1_000);

    assertThat(due.times()).hasSize(168).startsWith(at(33)).endsWith(at(200));
    assertThat(due.next()).isEqualTo(at(201));
  }

  @Test
  void endsWhatFiresOnce() {
    Timing once = new Timing.At(START);

    assertThat(LATENESS.firings(once, CatchUp.SKIP, START, START, 100))
        .isEqualTo(firings(null, START));
    assertThat(LATENESS.firings(once, CatchUp.SKIP, START, at(1), 100)).isEqualTo(firings(null));
    assertThat(LATENESS.firings(once, CatchUp.ONCE, START, at(1), 100))
        .isEqualTo(firings(null, START));
  }

  @Test
  void refusesBoundsThatContradictEachOther() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Lateness(Duration.ZERO, Duration.ofDays(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Lateness(Duration.ofHours(2), Duration.ofHours(1)));
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(1, 20), LongStream.of(new Random().nextLong()));
  }

  /** However the calls fall and however few they may fire at a time: each once, none invented. */
  @ParameterizedTest
  @MethodSource("seeds")
  void firesEachOnceWhenNothingIsTooOld(long seed) {
    Random random = new Random(seed);
    Timing timing =
        random.nextBoolean()
            ? new Timing.Every(START, Duration.ofMillis(random.nextLong(1_000, 10_000_000)))
            : Cron.parse("0 */" + random.nextInt(5, 40) + " * * * *", ZoneId.of("Europe/Berlin"));
    List<Instant> fired = new ArrayList<>();
    Instant now = START;
    Instant next = timing.next(START).orElseThrow();
    for (int call = 0; call < 300; call++) {
      now = now.plusMillis(random.nextLong(1, random.nextInt(10) == 0 ? 20_000_000 : 100_000));
      while (!next.isAfter(now)) {
        Lateness.Firings due =
            LATENESS.firings(timing, CatchUp.ALL, next, now, 1 + random.nextInt(50));
        fired.addAll(due.times());
        next = due.next() == null ? Instant.MAX : due.next();
      }
    }

    List<Instant> expected = new ArrayList<>();
    for (Instant each = timing.next(START).orElseThrow();
        !each.isAfter(now);
        each = timing.next(each).orElseThrow()) {
      expected.add(each);
    }
    assertThat(fired).as("seed %d", seed).isEqualTo(expected);
  }

  private static Lateness.Firings hourly(CatchUp policy, int due, Instant now, int atMost) {
    return LATENESS.firings(HOURLY, policy, at(due), now, atMost);
  }

  private static Instant at(int hour) {
    return START.plus(hour, ChronoUnit.HOURS);
  }

  private static Lateness.Firings firings(@Nullable Instant next, Instant... times) {
    return new Lateness.Firings(List.of(times), next);
  }
}
