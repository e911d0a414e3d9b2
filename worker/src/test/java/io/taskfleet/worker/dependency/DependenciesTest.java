package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DependenciesTest {
  private final SettableClock clock = new SettableClock();
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final Dependencies dependencies =
      new Dependencies(
          settings(), breakers, BulkheadRegistry.ofDefaults(), new FailureClassifier(), clock);

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

    assertThat(dependencies.size()).isEqualTo(2);
    assertThat(breakers.getAllCircuitBreakers()).hasSize(2);
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

    assertThat(dependencies.refusesUntil("parked")).isNotNull();
    assertThat(dependencies.refusesUntil("new")).isNull();
    assertThat(dependencies.refusesUntil("unknown")).isNull();
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 20_000; i++) {
      Dependency _ = dependencies.named("webhook:" + i, 1);
    }

    assertThat(dependencies.size()).isEqualTo(10_000);
    assertThat(breakers.getAllCircuitBreakers()).hasSize(10_000);
  }

  private static DependencyProperties settings() {
    return new Binder(new MapConfigurationPropertySource())
        .bindOrCreate("taskfleet.dependency", DependencyProperties.class);
  }
}
