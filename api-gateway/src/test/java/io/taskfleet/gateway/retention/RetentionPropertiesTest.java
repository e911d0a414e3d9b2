package io.taskfleet.gateway.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPropertiesTest {
  private static final String UNKNOWN = "there is no task of this id";
  private static final String GONE =
      UNKNOWN + " any more, if there was one: what has ended is kept for ";
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "P30D, PT720H0.001S, 30 days",
    "P30D, P400D, 30 days",
    "P1D, P2D, PT24H",
    "PT36H, P2D, PT36H",
  })
  void anIdThatIsOlderThanWhatIsKeptIsOfSomethingGone(Duration ended, Duration age, String kept) {
    assertThat(absent(ended, madeBefore(age))).isEqualTo(GONE + kept);
  }

  @ParameterizedTest
  @CsvSource({"P30D, P30D", "P30D, PT0S", "P30D, P-3D", "PT0S, P400D"})
  void anIdThatIsNotIsOfNothing(Duration ended, Duration age) {
    assertThat(absent(ended, madeBefore(age))).isEqualTo(UNKNOWN);
  }

  @Test
  void anIdThatSaysNoTimeIsOfNothing() {
    Duration moment = Duration.ofNanos(1);

    assertThat(absent(moment, TaskIds.fromIdempotencyKey("default", "k"))).isEqualTo(UNKNOWN);
    assertThat(absent(moment, UUID.randomUUID())).isEqualTo(UNKNOWN);
    assertThat(absent(moment, new UUID(0, 0))).isEqualTo(UNKNOWN);
  }

  @Test
  void whatIsRememberedForLongerStopsTheGateway() {
    RetentionProperties days = new RetentionProperties(Duration.ofDays(2));

    assertThatThrownBy(
            () -> days.requireAtLeast(Duration.ofHours(49), "taskfleet.idempotency.keep"))
        .hasMessage(
            "taskfleet.retention.ended must be 0 or at least taskfleet.idempotency.keep (PT49H)");
    assertThatCode(() -> days.requireAtLeast(Duration.ofDays(2), "any")).doesNotThrowAnyException();
    assertThatCode(
            () -> new RetentionProperties(Duration.ZERO).requireAtLeast(Duration.ofDays(1), "any"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new RetentionProperties(Duration.ofDays(-1)))
        .hasMessageContaining("taskfleet.retention.ended");
  }

  private static UUID madeBefore(Duration age) {
    return TaskIds.next(Clock.fixed(NOW.minus(age), ZoneOffset.UTC));
  }

  private static @Nullable String absent(Duration ended, UUID id) {
    return new RetentionProperties(ended).absent("task", id, NOW).getMessage();
  }
}
