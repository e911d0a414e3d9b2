package io.taskfleet.worker.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a circuit breaker is open, who found that out, and until when. Thread-safe.
 *
 * <p>Own evidence counts more than hearsay. What others say opens a breaker that is closed, for no
 * longer than it would open by itself, and never puts off a probe. A close elsewhere is a reason to
 * probe now, not to close. A worker whose own probes belie what it was told listens to nobody for a
 * while: otherwise one worker with a broken network would stop the whole fleet again and again.
 */
final class Opening {
  private static final Logger log = LoggerFactory.getLogger(Opening.class);

  /** How many times as long as it was stopped for nothing a worker believes nobody. */
  private static final int DISBELIEF = 6;

  private final CircuitBreaker breaker;
  private final DependencyProperties.Breaker settings;
  private final Supplier<BreakerNews> news;
  private final Clock clock;

  // Written under this lock.
  private volatile Instant nextProbe = Instant.EPOCH;

  // Guarded by this, like the rest.
  private Source source = Source.OWN_CALLS;
  private Instant believesAgain = Instant.EPOCH;
  private @Nullable Thread listening;

  /** Why the breaker is not closed. */
  private enum Source {
    OWN_CALLS,
    TOLD_OPEN,
    TOLD_TO_PROBE
  }

  Opening(
      CircuitBreaker breaker,
      DependencyProperties.Breaker settings,
      Supplier<BreakerNews> news,
      Clock clock) {
    this.breaker = breaker;
    this.settings = settings;
    this.news = news;
    this.clock = clock;
    breaker.getEventPublisher().onStateTransition(this::note);
  }

  /** When the next call will be let through, if the breaker is open. */
  Instant nextProbe() {
    return nextProbe;
  }

  /** How long until then; negative once it has passed. */
  Duration remaining() {
    return Duration.between(clock.instant(), nextProbe);
  }

  /** How many probes have ended. */
  int probed() {
    return breaker.getState() == State.HALF_OPEN
        ? breaker.getMetrics().getNumberOfBufferedCalls()
        : 0;
  }

  /** Opens because others say so. */
  synchronized void believe(Duration remaining) {
    Instant now = clock.instant();
    if (breaker.getState() != State.CLOSED
        || !remaining.isPositive()
        || now.isBefore(believesAgain)) {
      return;
    }
    boolean isTooLong = remaining.compareTo(settings.openFor()) > 0;
    source = Source.TOLD_OPEN;
    nextProbe = now.plus(isTooLong ? settings.openFor() : remaining);
    listening = Thread.currentThread();
    breaker.transitionToOpenStateUntil(nextProbe);
    listening = null;
    log.warn("Circuit breaker of {} opened: another worker's calls fail", breaker.getName());
  }

  /** Lets probes through at once, because others say that it is over. */
  synchronized void probeNow() {
    Instant now = clock.instant();
    if (breaker.getState() != State.OPEN || !nextProbe.isAfter(now)) {
      return;
    }
    source = Source.TOLD_TO_PROBE;
    nextProbe = now;
    listening = Thread.currentThread();
    // Not half-open: that would end in being open again if no call came in time.
    breaker.transitionToOpenStateUntil(now.minusMillis(1));
    listening = null;
  }

  /** Closes. What was known is from before an operator saw a reason to step in. */
  synchronized void forget() {
    listening = Thread.currentThread();
    breaker.reset();
    listening = null;
  }

  /** On the thread that caused it. */
  private void note(CircuitBreakerOnStateTransitionEvent event) {
    State from = event.getStateTransition().getFromState();
    switch (event.getStateTransition().getToState()) {
      case OPEN -> opened(from);
      case CLOSED -> closed(from);
      default -> {}
    }
  }

  private void opened(State from) {
    synchronized (this) {
      if (Thread.currentThread().equals(listening)) {
        return;
      }
      source = Source.OWN_CALLS;
      nextProbe = clock.instant().plus(settings.openFor());
    }
    log.warn("Circuit breaker of {} opened", breaker.getName());
    // Open again for want of calls to probe with is no news to those who have calls.
    if (from != State.HALF_OPEN
        || breaker.getMetrics().getNumberOfBufferedCalls() >= settings.probes()) {
      news.get().opened(breaker.getName(), settings.openFor());
    }
  }

  private void closed(State from) {
    Source was;
    synchronized (this) {
      if (Thread.currentThread().equals(listening)) {
        return;
      }
      was = source;
      if (from == State.HALF_OPEN && was == Source.TOLD_OPEN) {
        believesAgain = clock.instant().plus(settings.openFor().multipliedBy(DISBELIEF));
      }
    }
    log.info("Circuit breaker of {} closed", breaker.getName());
    if (from == State.HALF_OPEN && was != Source.TOLD_TO_PROBE) {
      news.get().closed(breaker.getName());
    }
  }
}
