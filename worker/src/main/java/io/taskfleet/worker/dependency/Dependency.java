package io.taskfleet.worker.dependency;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RemoteRefusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One remote thing, and whether it may be called now. Thread-safe. */
public final class Dependency {
  private static final Logger log = LoggerFactory.getLogger(Dependency.class);

  /** A slot or a probe's result may come at any moment. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final DependencyProperties.Breaker settings;
  private final CircuitBreaker breaker;
  private final Bulkhead bulkhead;
  private final FailureClassifier classifier;
  private final Clock clock;

  // Written, guarded by this, by whichever call was told to wait; only ever moves forward.
  private volatile Instant parkedUntil = Instant.EPOCH;

  // Written by the call whose result opened the breaker.
  private volatile Instant nextProbe = Instant.EPOCH;

  Dependency(
      DependencyProperties.Breaker settings,
      CircuitBreaker breaker,
      Bulkhead bulkhead,
      FailureClassifier classifier,
      Clock clock) {
    this.settings = settings;
    this.breaker = breaker;
    this.bulkhead = bulkhead;
    this.classifier = classifier;
    this.clock = clock;
    breaker.getEventPublisher().onStateTransition(this::noteTransition);
  }

  String name() {
    return breaker.getName();
  }

  /**
   * Makes the call, if it may be made now.
   *
   * @throws CallRefusedException at once, if it may not; it says when to try again
   * @throws Exception whatever the call throws, unchanged
   */
  public <T> T call(Callable<T> call) throws Exception {
    Duration parked = Duration.between(clock.instant(), parkedUntil);
    if (parked.isPositive()) {
      throw new CallRefusedException("the destination asked for a pause", parked);
    }
    if (!bulkhead.tryAcquirePermission()) {
      throw new CallRefusedException("too many calls to the destination at once", SOON);
    }
    try {
      if (!breaker.tryAcquirePermission()) {
        throw new CallRefusedException("circuit breaker open", untilNextProbe());
      }
      return judged(call);
    } finally {
      bulkhead.onComplete();
    }
  }

  /** Until when every call is refused; null when calls are let through. */
  public @Nullable Instant refusesUntil() {
    Instant now = clock.instant();
    Instant open = breaker.getState() == State.OPEN ? nextProbe : Instant.EPOCH;
    Instant parked = parkedUntil;
    Instant until = open.isAfter(parked) ? open : parked;
    return until.isAfter(now) ? until : null;
  }

  private <T> T judged(Callable<T> call) throws Exception {
    Instant start = clock.instant();
    try {
      T result = call.call();
      breaker.onSuccess(millisSince(start), TimeUnit.MILLISECONDS);
      return result;
    } catch (Exception | Error thrown) {
      judge(thrown, millisSince(start));
      throw thrown;
    }
  }

  private void judge(Throwable thrown, long millis) {
    if (thrown instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      judgeInterrupted(thrown, millis);
      return;
    }
    switch (classifier.classify(thrown)) {
      case Failure.Transient _ when isOurOwnMistake(thrown) -> breaker.releasePermission();
      case Failure.Transient _ when isAnswerToThisCallOnly(thrown) ->
          breaker.onSuccess(millis, TimeUnit.MILLISECONDS);
      case Failure.Transient _ -> breaker.onError(millis, TimeUnit.MILLISECONDS, thrown);
      case Failure.Unavailable(String _, Duration retryAfter) -> {
        breaker.releasePermission();
        park(retryAfter);
      }
      case Failure.Permanent _, Failure.Undecodable _ ->
          breaker.onSuccess(millis, TimeUnit.MILLISECONDS);
      case Failure.Interrupted _ -> breaker.releasePermission();
    }
  }

  /** A drain interrupts whom it finds; a deadline interrupts whom the dependency kept waiting. */
  private void judgeInterrupted(Throwable thrown, long millis) {
    if (millis >= settings.slowCall().toMillis()) {
      breaker.onError(millis, TimeUnit.MILLISECONDS, thrown);
    } else {
      breaker.releasePermission();
    }
  }

  private static boolean isOurOwnMistake(Throwable thrown) {
    return thrown instanceof RuntimeException || thrown instanceof Error;
  }

  private static boolean isAnswerToThisCallOnly(Throwable thrown) {
    return thrown instanceof RemoteRefusal refusal && !refusal.isAboutTheService();
  }

  private synchronized void park(Duration wait) {
    Instant until = clock.instant().plus(wait);
    if (until.isAfter(parkedUntil)) {
      parkedUntil = until;
    }
  }

  private Duration untilNextProbe() {
    Duration wait = Duration.between(clock.instant(), nextProbe);
    return wait.compareTo(SOON) < 0 ? SOON : wait;
  }

  private long millisSince(Instant start) {
    return Math.max(0, Duration.between(start, clock.instant()).toMillis());
  }

  private void noteTransition(CircuitBreakerOnStateTransitionEvent event) {
    switch (event.getStateTransition().getToState()) {
      case OPEN -> {
        nextProbe = clock.instant().plus(settings.openFor());
        log.warn("Circuit breaker of {} opened", name());
      }
      case CLOSED -> log.info("Circuit breaker of {} closed", name());
      default -> {}
    }
  }

  /** Nobody waits for a slot: the task is deferred. */
  static BulkheadConfig bulkheadConfig(int maxConcurrent) {
    return BulkheadConfig.custom()
        .maxConcurrentCalls(maxConcurrent)
        .maxWaitDuration(Duration.ZERO)
        .build();
  }

  static CircuitBreakerConfig breakerConfig(DependencyProperties.Breaker settings, Clock clock) {
    return CircuitBreakerConfig.custom()
        .slidingWindow(
            (int) settings.window().toSeconds(),
            settings.minimumCalls(),
            SlidingWindowType.TIME_BASED)
        .failureRateThreshold(settings.failureRate())
        .slowCallRateThreshold(settings.failureRate())
        .slowCallDurationThreshold(settings.slowCall())
        .waitDurationInOpenState(settings.openFor())
        .permittedNumberOfCallsInHalfOpenState(settings.probes())
        .maxWaitDurationInHalfOpenState(settings.probingFor())
        .clock(clock)
        .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
        .build();
  }
}
