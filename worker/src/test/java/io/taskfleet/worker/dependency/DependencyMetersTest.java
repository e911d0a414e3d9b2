package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.FailureClassifier;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DependencyMetersTest {
  private final Dependencies dependencies =
      new Dependencies(
          new Binder(new MapConfigurationPropertySource())
              .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
          CircuitBreakerRegistry.ofDefaults(),
          RateLimiterRegistry.ofDefaults(),
          new FailureClassifier(),
          new SettableClock());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DependencyMeters meters = new DependencyMeters(dependencies);

  DependencyMetersTest() {
    meters.bindTo(registry);
  }

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void namesOnlySoManyOfThoseThatAreNotClosed() {
    for (int i = 0; i < 3 * DependencyMeters.NAMED; i++) {
      Dependency _ = dependencies.named("webhook:host-" + i + ":443", 1);
    }
    dependencies.adjust(Map.of("webhook:*", new DependencyControl(Forced.OPEN, null, null)));
    Dependency _ = dependencies.named("smtp", 1);

    meters.look();

    assertThat(registry.get(DependencyMeters.NOT_CLOSED).gauges()).hasSize(DependencyMeters.NAMED);
    assertThat(count("forced_open")).isEqualTo(3 * DependencyMeters.NAMED);
    assertThat(count("closed")).isEqualTo(1);
  }

  @Test
  void aDependencyThatHasRecoveredIsNotNamedAnyMore() {
    Dependency _ = dependencies.named("smtp", 1);
    dependencies.adjust(Map.of("smtp", new DependencyControl(Forced.OPEN, null, null)));
    meters.look();
    assertThat(registry.get(DependencyMeters.NOT_CLOSED).tag("dependency", "smtp").gauge().value())
        .isEqualTo(1);

    dependencies.adjust(Map.of());
    meters.look();

    assertThat(registry.find(DependencyMeters.NOT_CLOSED).gauges()).isEmpty();
    assertThat(count("closed")).isEqualTo(1);
  }

  private double count(String state) {
    return registry.get(DependencyMeters.COUNT).tag("state", state).gauge().value();
  }
}
