package io.taskfleet.worker.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.worker.failure.FailureClassifier;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The dependencies this worker knows, each under its name. Those that nobody has called for a while
 * are forgotten, and the one called longest ago when there are too many. Thread-safe; nothing here
 * blocks.
 */
public final class Dependencies {
  private final DependencyProperties properties;
  private final ByName<DependencyProperties.Limits> settings;
  private final CircuitBreakerRegistry breakers;
  private final RateLimiterRegistry limiters;
  private final FailureClassifier classifier;
  private final Clock clock;

  // Guarded by itself; in the order of last use.
  private final Map<String, Known> known = new LinkedHashMap<>();

  // Written under the lock of known.
  private volatile ByName<DependencyControl> controls = new ByName<>(Map.of());

  // Written once, when the worker starts.
  private volatile BreakerNews news = BreakerNews.UNHEARD;

  /**
   * None yet.
   *
   * @param breakers where their circuit breakers are registered while they are remembered
   * @param limiters the same for rate limiters
   */
  public Dependencies(
      DependencyProperties properties,
      CircuitBreakerRegistry breakers,
      RateLimiterRegistry limiters,
      FailureClassifier classifier,
      Clock clock) {
    this.properties = properties;
    this.settings = new ByName<>(properties.settings());
    this.breakers = breakers;
    this.limiters = limiters;
    this.classifier = classifier;
    this.clock = clock;
  }

  /**
   * The dependency of this name. Ask again for each call instead of keeping it.
   *
   * @param name what is called, such as {@code smtp} or {@code webhook:example.org:443}
   * @param maxConcurrent how many calls at once, unless configuration or an operator says
   *     otherwise; counts when the name is new
   */
  public Dependency named(String name, int maxConcurrent) {
    Instant now = clock.instant();
    Dependency dependency;
    boolean isNew;
    synchronized (known) {
      Known found = known.remove(name);
      isNew = found == null;
      Known current = found == null ? added(name, maxConcurrent, now) : found.usedAt(now);
      known.put(name, current);
      dependency = current.dependency();
    }
    if (isNew) {
      news.appeared(name);
    }
    return dependency;
  }

  /**
   * How many calls to this one may be under way now, counting those that are: 0 while all would be
   * refused, as many as there are probes while it is being probed. {@link Integer#MAX_VALUE} if
   * nothing is known of it.
   */
  public int limit(String name) {
    Dependency dependency = find(name);
    if (dependency != null) {
      return dependency.limit();
    }
    boolean closedOff = control(name).forced() == DependencyControl.Forced.OPEN;
    return closedOff ? 0 : Integer.MAX_VALUE;
  }

  /** How each of them stands now. */
  public List<DependencyState> states() {
    return dependencies().stream().map(Dependency::state).toList();
  }

  /**
   * What operators want, in place of what they wanted before.
   *
   * @param byName by name, or by the beginning of names and {@code *}; of names that are not known
   *     yet too
   */
  public void adjust(Map<String, DependencyControl> byName) {
    ByName<DependencyControl> wanted = new ByName<>(byName);
    if (wanted.equals(controls)) {
      return;
    }
    synchronized (known) {
      controls = wanted;
      known.values().forEach(this::adjust);
    }
  }

  /** From now on this one hears what is found out here. */
  void announceTo(BreakerNews listener) {
    news = listener;
  }

  /** Another worker has found that calls fail, and will make none for this long. */
  void heardOpened(String name, Duration remaining) {
    Dependency dependency = find(name);
    if (dependency != null) {
      dependency.heardOpened(remaining);
    }
  }

  /** Another worker's probes went well. */
  void heardClosed(String name) {
    Dependency dependency = find(name);
    if (dependency != null) {
      dependency.heardClosed();
    }
  }

  /** The names of those that are remembered. */
  List<String> names() {
    synchronized (known) {
      return List.copyOf(known.keySet());
    }
  }

  private List<Dependency> dependencies() {
    synchronized (known) {
      return known.values().stream().map(Known::dependency).toList();
    }
  }

  private @Nullable Dependency find(String name) {
    synchronized (known) {
      Known found = known.get(name);
      return found == null ? null : found.dependency();
    }
  }

  private Known added(String name, int maxConcurrent, Instant now) {
    forgetIdle(now.minus(properties.idle()));
    Iterator<Known> eldestFirst = known.values().iterator();
    if (known.size() >= properties.remembered()) {
      forget(eldestFirst, eldestFirst.next());
    }
    CircuitBreaker breaker =
        breakers.circuitBreaker(name, Dependency.breakerConfig(properties.breaker(), clock));
    Slots slots = new Slots(maxConcurrent, properties.slotWait());
    Pace pace = new Pace(limiters.rateLimiter(name, Pace.config(Pace.ANY)));
    Dependency dependency =
        new Dependency(
            properties.breaker(),
            new Dependency.Guards(breaker, slots, pace),
            classifier,
            () -> news,
            clock);
    Known added = new Known(dependency, maxConcurrent, now);
    adjust(added);
    return added;
  }

  private void adjust(Known each) {
    String name = each.dependency().name();
    DependencyControl control = control(name);
    DependencyProperties.Limits configured =
        Objects.requireNonNullElse(settings.of(name), DependencyProperties.Limits.NONE);
    each.dependency()
        .adjust(
            control.forced(),
            first(each.maxConcurrent(), control.maxConcurrent(), configured.maxConcurrent()),
            first(Pace.ANY, control.perSecond(), configured.perSecond(), properties.perSecond()));
  }

  private DependencyControl control(String name) {
    return Objects.requireNonNullElse(controls.of(name), DependencyControl.NONE);
  }

  private static int first(int otherwise, @Nullable Integer... candidates) {
    for (Integer candidate : candidates) {
      if (candidate != null) {
        return candidate;
      }
    }
    return otherwise;
  }

  /** The registries never forget by themselves. */
  private void forget(Iterator<Known> position, Known known) {
    position.remove();
    breakers.remove(known.dependency().name());
    limiters.remove(known.dependency().name());
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

  private record Known(Dependency dependency, int maxConcurrent, Instant lastUse) {
    Known usedAt(Instant now) {
      return new Known(dependency, maxConcurrent, now);
    }
  }
}
