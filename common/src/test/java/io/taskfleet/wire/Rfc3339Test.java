package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void readsWhatTheJdkWritesAndReads(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long second = random.nextLong(0, 253_402_300_799L);
      long unit = new long[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
      Instant time = Instant.ofEpochSecond(second, random.nextLong(1_000_000_000) / unit * unit);

      assertThat(Rfc3339.parse(time.toString())).as("seed %d", seed).isEqualTo(time);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void writesWhatTheJdkWrites(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      // Few seconds, so that many have been written before; sometimes far away ones.
      long second = random.nextInt(10) > 0 ? random.nextInt(200) : random.nextLong(1L << 35);
      long unit = new long[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
      Instant time = Instant.ofEpochSecond(second, random.nextLong(1_000_000_000) / unit * unit);

      assertThat(new String(Rfc3339.format(time), UTF_8))
          .as("seed %d", seed)
          .isEqualTo(time.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T15:04:05Z",
        "2026-11-21T15:04:05.1Z",
        "2026-11-21T15:04:05.123456789Z",
        "2024-02-29T23:59:59.999999999Z",
        "2026-11-21T15:04:05+02:00",
        "2026-11-21T15:04:05.5-11:30",
        "2026-11-21T15:04Z",
        "2026-11-21T15:04:05z"
      })
  void agreesWithTheGeneralParser(String text) {
    assertThat(Rfc3339.parse(text)).isEqualTo(OffsetDateTime.parse(text).toInstant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-11-21",
        "2026-11-21T15:04:05",
        "2026-11-21T24:00:01Z",
        "2026-11-21T15:60:05Z",
        "2026-11-21T15:04:60Z",
        "2026-02-30T15:04:05Z",
        "2026-13-01T15:04:05Z",
        "2026-00-01T15:04:05Z",
        "2026-11-2xT15:04:05Z",
        "2026-11-21T15:04:05.12x4Z",
        "2026-11-21T15:04:05,123Z",
        "2026/11/21T15:04:05Z",
        "2026-11-21 15:04:05Z",
        "2026-11-21T15:04:05.1234567890Z",
        "+12026-11-21T15:04:05Z",
        "+999999999-12-31T23:59:59Z",
        "-999999999-01-01T00:00:00Z",
        "-0001-11-21T15:04:05Z",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٦-11-21T15:04:05Z"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> Rfc3339.parse(text)).isInstanceOf(DateTimeException.class);
  }
}
