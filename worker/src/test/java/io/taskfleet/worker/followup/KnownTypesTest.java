package io.taskfleet.worker.followup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.handler.FollowUp;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KnownTypesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration YEAR = Duration.ofDays(366);

  private final PayloadReader payloads = new PayloadReader();
  private final KnownTypes types = new KnownTypes(payloads, List.of());

  @AfterEach
  void close() {
    payloads.close();
  }

  @Test
  void followUpsHaveTheKeyAndTheDelayThatTheirHandlerGivesThem() throws Exception {
    String key = "k".repeat(255);

    assertThat(following(event(key, YEAR)))
        .satisfies(
            task -> {
              assertThat(task.key()).isEqualTo(key);
              assertThat(task.options().runAt()).isEqualTo(NOW.plus(YEAR));
            });
  }

  static Stream<FollowUp> refused() {
    return Stream.of(
        event("", Duration.ZERO),
        event("k".repeat(256), Duration.ZERO),
        event("a\0b", Duration.ZERO),
        event("\ud800", Duration.ZERO),
        event(null, YEAR.plusMillis(1)),
        event(null, Duration.ofSeconds(Long.MAX_VALUE)),
        FollowUp.of("analytics", Map.of("name", "")));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void followUpsThatAGatewayWouldRefuseAreRefused(FollowUp followUp) {
    assertThatThrownBy(() -> following(followUp))
        .isInstanceOfSatisfying(
            TaskRejectedException.class,
            rejected ->
                assertThat(rejected.reason())
                    .isIn(ReasonCode.VALIDATION_FAILED, ReasonCode.FORBIDDEN_CHARACTER));
  }

  private static FollowUp event(@Nullable String key, Duration delay) {
    return new FollowUp("analytics", Map.of("name", "a"), key, delay);
  }

  private Task following(FollowUp followUp) throws Exception {
    Task parent =
        Task.submitted(
            TaskIds.next(Clock.systemUTC()),
            "acme",
            BuiltInTypes.ANALYTICS,
            new Task.Submission(
                Priority.NORMAL, "p", "{\"name\":\"p\"}".getBytes(UTF_8), Task.Options.NONE),
            NOW,
            null);
    return types.following(parent, List.of(followUp), NOW, null).getFirst();
  }
}
