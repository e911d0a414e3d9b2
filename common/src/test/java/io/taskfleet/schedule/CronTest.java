package io.taskfleet.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  private static final String[] ZONES = {
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "+05:45"
  };

  /** Local times with their offsets, so that the two halves of an overlap can be told apart. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      useHeadersInDisplayName = true,
      textBlock =
          """
          WHAT                         | CRON           | ZONE                | AFTER                     | NEXT
          Berlin, day before the gap   | 0 30 2 * * *   | Europe/Berlin       | 2026-03-28T01:00+01:00    | 2026-03-28T02:30+01:00 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          Berlin, beside the gap       | 0 30 1,3 * * * | Europe/Berlin       | 2026-03-29T00:00+01:00    | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00 2026-03-30T01:30+02:00
          Berlin, twice in the gap     | 0 0/30 2 * * * | Europe/Berlin       | 2026-03-29T00:00+01:00    | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          Berlin, gap and its end      | 0 0 2,3 * * *  | Europe/Berlin       | 2026-03-29T00:00+01:00    | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          Berlin, made after the gap   | 0 30 2 * * *   | Europe/Berlin       | 2026-03-29T03:10+02:00    | 2026-03-30T02:30+02:00
          Berlin, overlap              | 0 30 2 * * *   | Europe/Berlin       | 2026-10-24T12:00+02:00    | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
          Berlin, made in its 2nd half | 0 30 2 * * *   | Europe/Berlin       | 2026-10-25T02:10+01:00    | 2026-10-26T02:30+01:00
          Berlin, every hour, gap      | 0 30 * * * *   | Europe/Berlin       | 2026-03-29T01:00+01:00    | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00 2026-03-29T04:30+02:00
          Berlin, every hour, overlap  | 0 30 * * * *   | Europe/Berlin       | 2026-10-25T02:00+02:00    | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-25T03:30+01:00
          Berlin, quarters, overlap    | */15 * * * *   | Europe/Berlin       | 2026-10-25T02:35+02:00    | 2026-10-25T02:45+02:00 2026-10-25T02:00+01:00 2026-10-25T02:15+01:00
          Berlin, every 2nd hour       | 0 0 */2 * * *  | Europe/Berlin       | 2026-10-25T00:00+02:00    | 2026-10-25T02:00+02:00 2026-10-25T04:00+01:00
          New York, gap                | 0 30 2 * * *   | America/New_York    | 2026-03-07T12:00-05:00    | 2026-03-08T03:00-04:00 2026-03-09T02:30-04:00
          New York, overlap            | 30 1 * * *     | America/New_York    | 2026-10-31T12:00-04:00    | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00
          New York, minutes, overlap   | 0 * * * * *    | America/New_York    | 2026-11-01T01:58:30-04:00 | 2026-11-01T01:59-04:00 2026-11-01T01:00-05:00
          Lord Howe, half-hour gap     | 0 15 2 * * *   | Australia/Lord_Howe | 2026-10-03T12:00+10:30    | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00
          Lord Howe, gap, every hour   | 0 */20 * * * * | Australia/Lord_Howe | 2026-10-04T01:30+10:30    | 2026-10-04T01:40+10:30 2026-10-04T02:40+11:00 2026-10-04T03:00+11:00
          Lord Howe, overlap           | 0 45 1 * * *   | Australia/Lord_Howe | 2026-04-04T12:00+11:00    | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30
          Lord Howe, every hour        | 0 45 * * * *   | Australia/Lord_Howe | 2026-04-05T01:00+11:00    | 2026-04-05T01:45+11:00 2026-04-05T01:45+10:30 2026-04-05T02:45+10:30
          leap day                     | 0 0 12 29 2 *  | Europe/Berlin       | 2026-01-01T00:00+01:00    | 2028-02-29T12:00+01:00 2032-02-29T12:00+01:00
          no leap day in 2100          | 0 0 12 29 2 *  | UTC                 | 2096-03-01T00:00Z         | 2104-02-29T12:00Z
          leap day, every hour         | 0 30 * 29 2 *  | Europe/Berlin       | 2026-01-01T00:00+01:00    | 2028-02-29T00:30+01:00 2028-02-29T01:30+01:00
          last day of the month        | 0 0 0 L * *    | UTC                 | 2028-02-01T00:00Z         | 2028-02-29T00:00Z 2028-03-31T00:00Z
          the thirteenth, if a Friday  | 0 0 0 13 * FRI | UTC                 | 2026-01-01T00:00Z         | 2026-02-13T00:00Z 2026-03-13T00:00Z 2026-11-13T00:00Z
          Sunday is 0                  | 0 12 * * 0     | UTC                 | 2026-11-20T00:00Z         | 2026-11-22T12:00Z 2026-11-29T12:00Z
          and 7                        | 0 12 * * 7     | UTC                 | 2026-11-20T00:00Z         | 2026-11-22T12:00Z 2026-11-29T12:00Z
          macro                        | @daily         | +05:45              | 2026-11-20T00:00+05:45    | 2026-11-21T00:00+05:45
          """)
  void firesAtTheTimesThatTheClockShows(
      String what, String cron, String zone, String after, String next) {
    Cron timing = Cron.parse(cron, ZoneId.of(zone));
    List<Instant> expected =
        Stream.of(next.split(" ", -1))
            .map(OffsetDateTime::parse)
            .map(OffsetDateTime::toInstant)
            .toList();

    List<Instant> fired = new ArrayList<>();
    Instant reached = OffsetDateTime.parse(after).toInstant();
    while (fired.size() < expected.size()) {
      reached = timing.next(reached).orElseThrow();
      fired.add(reached);
    }

    assertThat(fired).as(what).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*",
        "@reboot",
        "@",
        "* * * *",
        "* * * * * * *",
        "0 0 0 1 1 ? 2030",
        "60 * * * * *",
        "* * 24 * * *",
        "0 0 0 0 * *",
        "0 0 0 * 13 *",
        "0 0 0 * * 8",
        "*/0 * * * * *",
        "0/0 * * * * *",
        "0 0 0 W * *",
        "0 0 0 L-28 * *",
        "0 0 0 L-999999999999 * *",
        "a b c d e f",
        "0-99999999999 * * * * *",
        ", , , , , ,",
        "- - - - - -",
        "/ / / / / /",
        "0 0 13 * 5",
        "0 0 1,15 * MON"
      })
  void refusesWhatIsNoCronAndRepeatsNothingOfIt(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse(text, ZoneId.of("UTC")))
        .satisfies(
            refusal -> assertThat(refusal).message().doesNotContain("CronExpression", "999"));
  }

  @Test
  void refusesEndlessText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse("0 0 0 * * " + "1,".repeat(200) + "1", ZoneId.of("UTC")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 0 31 2 *", "0 0 0 30 2 *", "0 0 * 31 4,6,9,11 *", "0 0 0 * * 1#9"})
  void neverFiresOnDaysThatThereAreNot(String text) {
    assertThat(Cron.parse(text, ZoneId.of("Europe/Berlin")).next(Instant.EPOCH)).isEmpty();
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(1, 10), LongStream.of(new Random().nextLong()));
  }

  /**
   * Whatever the expression: firings lie after the time asked about, and the answer is the same
   * from any time in between.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void goesForwardAndLeavesNothingOut(long seed) {
    Random random = new Random(seed);
    int parsed = 0;
    for (int i = 0; i < 400; i++) {
      String text = randomExpression(random);
      String zone = ZONES[random.nextInt(ZONES.length)];
      Cron cron;
      try {
        cron = Cron.parse(text, ZoneId.of(zone));
      } catch (IllegalArgumentException refused) {
        continue;
      }
      parsed++;
      Instant reached =
          Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(31_536_000));
      for (int n = 0; n < 20; n++) {
        Optional<Instant> next = cron.next(reached);
        if (next.isEmpty()) {
          break;
        }
        String where = "seed %d: %s in %s after %s".formatted(seed, text, zone, reached);
        assertThat(next.get()).as(where).isAfter(reached);
        long seconds = Duration.between(reached, next.get()).toSeconds();
        Instant between = reached.plusSeconds(seconds == 0 ? 0 : random.nextLong(seconds));
        assertThat(cron.next(between)).as(where + ", asked at " + between).isEqualTo(next);
        reached = next.get();
      }
    }
    assertThat(parsed).as("seed %d", seed).isGreaterThan(100);
  }

  private static String randomExpression(Random random) {
    return String.join(
        " ",
        field(random, 0, 59),
        field(random, 0, 59),
        field(random, 0, 23),
        random.nextInt(3) == 0
            ? field(random, 1, 31)
            : random.nextInt(4) == 0 ? "L-" + random.nextInt(40) : "*",
        random.nextInt(3) == 0 ? field(random, 1, 12) : "*",
        random.nextInt(3) == 0 ? field(random, 0, 7) : "*");
  }

  private static String field(Random random, int least, int most) {
    int one = random.nextInt(least, most + 1);
    int other = random.nextInt(least, most + 1);
    return switch (random.nextInt(5)) {
      case 0 -> "*";
      case 1 -> "*/" + random.nextInt(1, 20);
      case 2 -> one + "," + other;
      case 3 -> Math.min(one, other) + "-" + Math.max(one, other);
      default -> Integer.toString(one);
    };
  }
}
