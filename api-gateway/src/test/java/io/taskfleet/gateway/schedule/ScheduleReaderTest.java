package io.taskfleet.gateway.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.gateway.submit.TestTaskReader;
import io.taskfleet.gateway.web.MergePatch;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.schedule.CatchUp;
import io.taskfleet.schedule.Cron;
import io.taskfleet.schedule.Timing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String TASK =
      "\"task\":{\"type\":\"analytics\",\"payload\": { \"name\":\"a\", \"value\":1.50 }}";

  private final ScheduleReader reader =
      new ScheduleReader(TestTaskReader.create(), Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void readsEachTiming() {
    assertThat(read("\"cron\":\"0 30 2 * * *\",\"zone\":\"Europe/Berlin\"").timing())
        .isInstanceOfSatisfying(
            Cron.class, cron -> assertThat(cron.zone()).isEqualTo(ZoneId.of("Europe/Berlin")));
    assertThat(read("\"cron\":\"30 2 * * *\"").timing())
        .isInstanceOfSatisfying(
            Cron.class,
            cron -> {
              assertThat(cron.zone()).isEqualTo(ZoneId.of("UTC"));
              assertThat(cron.text()).isEqualTo("30 2 * * *");
            });
    assertThat(read("\"every\":\"1500ms\"").timing())
        .isEqualTo(new Timing.Every(NOW, Duration.ofMillis(1_500)));
    assertThat(read("\"at\":\"2027-01-01T00:00:00.123456789+01:00\"").timing())
        .isEqualTo(new Timing.At(Instant.parse("2026-12-31T23:00:00.123456Z")));
  }

  @Test
  void takesWhatIsUsualForWhatIsNotSaid() {
    Definition definition = read("\"every\":\"1h\"");

    assertThat(definition.catchUp()).isEqualTo(CatchUp.ONCE);
    assertThat(definition.enabled()).isTrue();
    assertThat(definition.task().key()).isNull();
    assertThat(definition.task().payload().text()).isEqualTo("{ \"name\":\"a\", \"value\":1.50 }");
  }

  @Test
  void keepsThePayloadByteForByteWhenAPatchIsNotAboutIt() {
    Schedule schedule = stored("\"every\":\"1h\"");

    Definition off = reader.patched(schedule, patch("{\"enabled\":false}"));
    Definition other =
        reader.patched(schedule, patch("{\"task\":{\"payload\":{\"name\":\"b\"},\"key\":\"k\"}}"));

    assertThat(off.enabled()).isFalse();
    assertThat(off.timing()).isEqualTo(schedule.definition().timing());
    assertThat(off.task()).isEqualTo(schedule.definition().task());
    assertThat(other.task().payload().text()).startsWith("{\"name\":\"b\",\"value\":1.5");
    assertThat(other.task().key()).isEqualTo("k");
  }

  @Test
  void aPatchReplacesOneTimingByAnother() {
    Schedule schedule = stored("\"cron\":\"@daily\",\"zone\":\"Europe/Berlin\"");

    Definition patched =
        reader.patched(schedule, patch("{\"cron\":null,\"zone\":null,\"every\":\"90m\"}"));

    assertThat(patched.timing()).isEqualTo(new Timing.Every(NOW, Duration.ofMinutes(90)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"other\"}",
        "{\"name\":null}",
        "{\"next_fire_at\":\"2027-01-01T00:00:00Z\"}",
        "{\"id\":\"x\"}",
        "{\"every\":null}",
        "{\"cron\":\"@daily\"}",
        "{\"zone\":\"UTC\"}",
        "{\"task\":null}",
        "{\"task\":[]}",
        "{\"task\":{\"payload\":{\"name\":null}}}",
        "{\"task\":{\"type\":\"email\"}}",
        "{\"task\":{\"delay\":\"1h\"}}",
        "{\"catch_up\":\"never\"}",
        "{\"enabled\":\"yes\"}",
        "[]",
        "null",
        "7"
      })
  void refusesAPatchThatBreaksARule(String patch) {
    Schedule schedule = stored("\"every\":\"1h\"");

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> reader.patched(schedule, patch(patch)));
  }

  @Test
  void refusesAPatchThatMakesItTooLarge() {
    Schedule schedule = stored("\"every\":\"1h\"");
    String half = "x".repeat(600_000);

    Definition larger =
        reader.patched(
            schedule, patch("{\"task\":{\"payload\":{\"properties\":{\"a\":\"" + half + "\"}}}}"));

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(
            () ->
                reader.patched(
                    stored(larger),
                    patch("{\"task\":{\"payload\":{\"properties\":{\"b\":\"" + half + "\"}}}}")))
        .withMessageContaining("bytes");
  }

  @Test
  void aScheduleThatWouldNeverFireIsRefused() {
    assertNeverFires("\"cron\":\"0 0 0 31 2 *\"", TASK);
    assertNeverFires("\"at\":\"2026-11-22T12:00:00Z\"", TASK);
    assertNeverFires(
        "\"every\":\"2h\"",
        TASK.replace("{\"type", "{\"expires_at\":\"2026-11-22T13:00:00Z\",\"type"));
  }

  private void assertNeverFires(String timing, String task) {
    Definition definition = read("{\"name\":\"n\"," + timing + "," + task + "}", NOW);
    assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> definition.firstAfter(NOW));
  }

  private static MergePatch patch(String body) {
    return MergePatch.read(body.getBytes(UTF_8));
  }

  private Schedule stored(String timing) {
    return stored(read(timing));
  }

  private static Schedule stored(Definition definition) {
    return new Schedule(
        new UUID(1, 2), "acme", definition, NOW, NOW, new Schedule.Progress(null, null, null));
  }

  private Definition read(String timing) {
    return read("{\"name\":\"n\"," + timing + "," + TASK + "}", NOW);
  }

  private Definition read(String body, Instant createdAt) {
    return reader.read(body.getBytes(UTF_8), "acme", createdAt);
  }
}
