package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DependenciesTest {
  private final SettableClock clock = new SettableClock();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final RateLimiterRegistry limiters = RateLimiterRegistry.ofDefaults();
  private final Dependencies dependencies = dependencies(Map.of());

  @Test
  void keepsOneUnderItsName() {
    Dependency first = dependencies.named("webhook:a:443", 30);

    assertThat(dependencies.named("webhook:a:443", 30)).isSameAs(first);
    assertThat(dependencies.named("webhook:b:443", 30)).isNotSameAs(first);
  }

  @Test
  void forgetsTheIdleWhenAnotherComes() {
    Dependency idle = dependencies.named("idle", 1);
    Dependency busy = dependencies.named("busy", 1);
    clock.advance(Duration.ofMinutes(6));
    assertThat(dependencies.named("busy", 1)).isSameAs(busy);
    clock.advance(Duration.ofMinutes(5));

    Dependency _ = dependencies.named("new", 1);

    assertThat(dependencies.names()).hasSize(2);
    assertThat(breakers.getAllCircuitBreakers()).hasSize(2);
    assertThat(limiters.getAllRateLimiters()).hasSize(2);
    assertThat(dependencies.named("busy", 1)).isSameAs(busy);
    assertThat(dependencies.named("idle", 1)).isNotSameAs(idle);
  }

  @Test
  void remembersTheIdleThatAskedToBeLeftAlone() {
    Dependency parked = dependencies.named("parked", 1);
    Throwable _ =
        catchThrowable(
            () ->
                parked.call(
                    () -> {
                      throw new CallRefusedException("later", Duration.ofHours(1));
                    }));
    clock.advance(Duration.ofMinutes(30));

    Dependency _ = dependencies.named("new", 1);

    assertThat(dependencies.named("parked", 1)).isSameAs(parked);
    assertThat(parked.refusesUntil()).isNotNull();
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 20_000; i++) {
      Dependency _ = dependencies.named("webhook:" + i, 1);
    }

    assertThat(dependencies.names()).hasSize(10_000);
    assertThat(breakers.getAllCircuitBreakers()).hasSize(10_000);
  }

  @Test
  void forgetsWhatIsOnlyLookedAt() {
    Dependency idle = dependencies.named("idle", 1);
    clock.advance(Duration.ofMinutes(11));

    assertThat(dependencies.limit("idle")).isEqualTo(1);
    Dependency _ = dependencies.named("new", 1);

    assertThat(dependencies.named("idle", 1)).isNotSameAs(idle);
  }

  @Test
  void takesLimitsFromTheConfigurationByName() {
    Dependencies configured =
        dependencies(
            Map.of(
                "taskfleet.dependency.settings.smtp.max-concurrent", "5",
                "taskfleet.dependency.settings[webhook:*].max-concurrent", "6",
                "taskfleet.dependency.settings[webhook:a:443].max-concurrent", "7"));

    assertThat(limit(configured, "smtp")).isEqualTo(5);
    assertThat(limit(configured, "webhook:b:443")).isEqualTo(6);
    assertThat(limit(configured, "webhook:a:443")).isEqualTo(7);
    assertThat(limit(configured, "other")).isEqualTo(30);
  }

  @Test
  void doesAsOperatorsWantWithTheKnownAndTheUnknown() {
    Dependency known = dependencies.named("smtp", 30);
    dependencies.adjust(
        Map.of(
            "smtp", new DependencyControl(null, 3, 1),
            "webhook:*", new DependencyControl(Forced.OPEN, null, null)));

    assertThat(known.limit()).isEqualTo(3);
    assertThat(dependencies.limit("webhook:a:443")).isZero();
    assertThat(limit(dependencies, "webhook:a:443")).isZero();
    assertThat(dependencies.states())
        .containsExactlyInAnyOrder(
            new DependencyState("smtp", DependencyState.State.CLOSED, null, 0, 3),
            new DependencyState(
                "webhook:a:443",
                DependencyState.State.FORCED_OPEN,
                clock.instant().plusSeconds(30),
                0,
                30));

    dependencies.adjust(Map.of());

    assertThat(known.limit()).isEqualTo(30);
    assertThat(dependencies.limit("webhook:a:443")).isEqualTo(30);
    assertThat(dependencies.limit("unknown")).isEqualTo(Integer.MAX_VALUE);
  }

  private static int limit(Dependencies dependencies, String name) {
    Dependency _ = dependencies.named(name, 30);
    return dependencies.limit(name);
  }

  private Dependencies dependencies(Map<String, String> properties) {
    return new Dependencies(
        new Binder(new MapConfigurationPropertySource(new HashMap<>(properties)))
            .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
        breakers,
        limiters,
        new FailureClassifier(),
        clock);
  }
}
