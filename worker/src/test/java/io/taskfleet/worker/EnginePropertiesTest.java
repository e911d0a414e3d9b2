package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.Backoff;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.RetryPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class EnginePropertiesTest {

  @Test
  void takesFromTheTypeWhatAnErrorClassLeavesOut() {
    EngineProperties properties =
        bound(
            Map.of(
                "taskfleet.worker.settings.email.max-attempts", "6",
                "taskfleet.worker.settings.email.retry.throttled.backoff-base", "5m",
                "taskfleet.worker.settings.email.retry.server-error.max-attempts", "3"));

    RetryPolicy policy = properties.of("email").retryPolicy();

    assertThat(policy.maxAttempts()).isEqualTo(6);
    assertThat(policy.exceptions())
        .containsOnly(
            Map.entry(
                ErrorClass.THROTTLED,
                new RetryPolicy.Exceptional(
                    null, new Backoff(Duration.ofMinutes(5), Duration.ofMinutes(10)), null)),
            Map.entry(ErrorClass.SERVER_ERROR, new RetryPolicy.Exceptional(3, null, null)));
    assertThat(properties.of("analytics").retryPolicy().exceptions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "defaults.attempt-timeout, 26s, taskfleet.worker.defaults.attempt-timeout must not exceed taskfleet.worker.drain-deadline",
    "settings.email.attempt-timeout, 1h, taskfleet.worker.settings.email.attempt-timeout must not exceed",
    "drain-deadline, 19s, taskfleet.worker.defaults.attempt-timeout must not exceed",
    "settings.email.revoke-grace, 26s, taskfleet.worker.settings.email.revoke-grace must not exceed",
    "defaults.backoff-cap, 1ms, taskfleet.worker.defaults: cap",
    "defaults.total-time, 0s, taskfleet.worker.defaults.total-time",
    "settings.email.retry.dns.total-time, 0s, taskfleet.worker.settings.email.retry.dns: total-time",
    "settings.email.retry.server-error.max-attempts, 0, retry.server-error: max-attempts",
    "settings.email.retry.timeout.backoff-base, 1h, retry.timeout: cap must not be below base",
    "settings.email.retry.slowness.max-attempts, 1, slowness"
  })
  void namesThePropertyThatCannotWork(String property, String value, String named) {
    assertThatThrownBy(() -> bound(Map.of("taskfleet.worker." + property, value)))
        .hasStackTraceContaining(named);
  }

  @Test
  void refusesToWaitLongerForAttemptsThatMoveAwayThanKafkaWaitsForAPoll() {
    EngineProperties properties =
        bound(
            Map.of(
                "taskfleet.worker.defaults.revoke-grace", "4s",
                "taskfleet.worker.settings.email.revoke-grace", "6s"));

    properties.requireGraceBelow(Duration.ofMillis(6_001));
    assertThatThrownBy(() -> properties.requireGraceBelow(Duration.ofSeconds(6)))
        .hasMessageContaining("taskfleet.worker.settings.email.revoke-grace");
    assertThatThrownBy(() -> properties.requireGraceBelow(Duration.ofSeconds(4)))
        .hasMessageContaining("taskfleet.worker.defaults.revoke-grace");
  }

  @Test
  void refusesToKeepTasksForAShorterTimeThanTheyMayBeTriedAgain() {
    Duration longest =
        bound(
                Map.of(
                    "taskfleet.worker.settings.email.total-time", "3d",
                    "taskfleet.worker.settings.http.retry.dns.total-time", "5d"))
            .longestRetry();
    Duration deadLetters = Duration.ofDays(30);

    assertThat(longest).isEqualTo(Duration.ofDays(5));
    new TopicsProperties(1, 1, longest, deadLetters).requireKept(longest);
    assertThatThrownBy(
            () ->
                new TopicsProperties(1, 1, longest.minusMillis(1), deadLetters)
                    .requireKept(longest))
        .hasMessageContaining("taskfleet.topics.retention");
  }

  private static EngineProperties bound(Map<String, String> properties) {
    return new Binder(new MapConfigurationPropertySource(new HashMap<>(properties)))
        .bindOrCreate("taskfleet.worker", EngineProperties.class);
  }
}
