package io.taskfleet.worker.dependency;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.taskfleet.worker.failure.FailureClassifier;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dependencies this worker knows, each under its name. Those that nobody has called for a while
 * are forgotten, and the one called longest ago when there are too many. Thread-safe.
 */
public final class Dependencies {
  private final DependencyProperties properties;
  private final CircuitBreakerRegistry breakers;
  private final BulkheadRegistry bulkheads;
  private final FailureClassifier classifier;
  private final Clock clock;

  // Guarded by itself; in the order of last use.
  private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * None yet.
   *
   * @param breakers where their circuit breakers are registered while they are remembered
   * @param bulkheads the same for bulkheads
   */
  public Dependencies(
      DependencyProperties properties,
      CircuitBreakerRegistry breakers,
      BulkheadRegistry bulkheads,
      FailureClassifier classifier,
      Clock clock) {
    this.properties = properties;
    this.breakers = breakers;
    this.bulkheads = bulkheads;
    this.classifier = classifier;
    this.clock = clock;
  }

  /**
   * The dependency of this name. Ask again for each call instead of keeping it.
   *
   * @param name what is called, such as {@code smtp} or {@code webhook:example.org:443}
   * @param maxConcurrent how many calls at once; counts when the name is new
   */
  public Dependency named(String name, int maxConcurrent) {
    Instant now = clock.instant();
    synchronized (known) {
      Known found = known.get(name);
      Dependency dependency = found == null ? added(name, maxConcurrent, now) : found.dependency();
      known.put(name, new Known(dependency, now));
      return dependency;
    }
  }

  /** Until when every call to this one is refused; null when it is let through, or unknown. */
  public @Nullable Instant refusesUntil(String name) {
    Known found;
    synchronized (known) {
      found = known.get(name);
    }
    return found == null ? null : found.dependency().refusesUntil();
  }

  /** How many are remembered. */
  int size() {
    synchronized (known) {
      return known.size();
    }
  }

  private Dependency added(String name, int maxConcurrent, Instant now) {
    forgetIdle(now.minus(properties.idle()));
    Iterator<Known> eldestFirst = known.values().iterator();
    if (known.size() >= properties.remembered()) {
      forget(eldestFirst, eldestFirst.next());
    }
    CircuitBreaker breaker =
        breakers.circuitBreaker(name, Dependency.breakerConfig(properties.breaker(), clock));
    Bulkhead bulkhead = bulkheads.bulkhead(name, Dependency.bulkheadConfig(maxConcurrent));
    return new Dependency(properties.breaker(), breaker, bulkhead, classifier, clock);
  }

  /** The registries never forget by themselves. */
  private void forget(Iterator<Known> position, Known known) {
    position.remove();
    breakers.remove(known.dependency().name());
    bulkheads.remove(known.dependency().name());
  }

  /** One that refuses calls is kept: to forget it would be to call it again too early. */
  private void forgetIdle(Instant unusedSince) {
    Iterator<Known> eldestFirst = known.values().iterator();
    while (eldestFirst.hasNext()) {
      Known eldest = eldestFirst.next();
      if (eldest.lastUse().isAfter(unusedSince)) {
        return;
      }
      if (eldest.dependency().refusesUntil() == null) {
        forget(eldestFirst, eldest);
      }
    }
  }

  private record Known(Dependency dependency, Instant lastUse) {}
}
