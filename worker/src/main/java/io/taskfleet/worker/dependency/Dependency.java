package io.taskfleet.worker.dependency;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.BreakerOpenException;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RemoteRefusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One remote thing, and whether it may be called now. Thread-safe. */
public final class Dependency {
  /** When to look again whether an operator has changed his mind. */
  private static final Duration FORCED_OPEN = Duration.ofSeconds(30);

  private final DependencyProperties.Breaker settings;
  private final CircuitBreaker breaker;
  private final Opening opening;
  private final Slots slots;
  private final Pace pace;
  private final Turns turns;
  private final FailureClassifier classifier;
  private final Clock clock;

  // Written, guarded by this, by whichever call was told to wait; only ever moves forward.
  private volatile Instant parkedUntil = Instant.EPOCH;

  // Written by whoever adjusts. Not Resilience4j's forced states: the result of a call that is
  // under way when they are entered may end them.
  private volatile @Nullable Forced forced;

  /** What stands between a task and the call. */
  record Guards(CircuitBreaker breaker, Slots slots, Pace pace) {}

  Dependency(
      DependencyProperties.Breaker settings,
      Guards guards,
      FailureClassifier classifier,
      Supplier<BreakerNews> news,
      Clock clock) {
    this.settings = settings;
    this.breaker = guards.breaker();
    this.slots = guards.slots();
    this.pace = guards.pace();
    this.opening = new Opening(breaker, settings, news, clock);
    this.turns = new Turns(clock);
    this.classifier = classifier;
    this.clock = clock;
  }

  String name() {
    return breaker.getName();
  }

  /**
   * Makes the call, if it may be made now or, should all slots be taken, in a moment.
   *
   * @throws CallRefusedException if it may not; it says when to try again
   * @throws InterruptedException if interrupted while it waited for a slot
   * @throws Exception whatever the call throws, unchanged
   */
  public <T> T call(Callable<T> call) throws Exception {
    boolean judged = forced != Forced.CLOSED;
    refuseIfClosedOff();
    if (!slots.take()) {
      throw refused("too many calls to the destination at once", Turns.SOON);
    }
    try {
      if (judged && !breaker.tryAcquirePermission()) {
        throw breakerOpen("circuit breaker open", opening.remaining());
      }
      if (!pace.take()) {
        if (judged) {
          breaker.releasePermission();
        }
        throw refused("too many calls to the destination in this second", Turns.SOON);
      }
      return made(call, judged);
    } finally {
      slots.giveBack();
    }
  }

  /** Until when every call is refused; null when calls are let through. */
  public @Nullable Instant refusesUntil() {
    Instant now = clock.instant();
    Forced wanted = forced;
    if (wanted != null) {
      return wanted == Forced.OPEN ? now.plus(FORCED_OPEN) : null;
    }
    Instant probe =
        breaker.getState() == CircuitBreaker.State.OPEN ? opening.nextProbe() : Instant.EPOCH;
    Instant parked = parkedUntil;
    Instant until = probe.isAfter(parked) ? probe : parked;
    return until.isAfter(now) ? until : null;
  }

  /** How many calls may be under way now, counting those that are. */
  int limit() {
    if (refusesUntil() != null) {
      return 0;
    }
    int most = slots.size();
    if (state(null) == DependencyState.State.HALF_OPEN) {
      most = Math.min(most, Math.max(1, settings.probes() - opening.probed()));
    }
    int left = pace.left();
    return left < most ? Math.min(most, slots.inUse() + left) : most;
  }

  DependencyState state() {
    Instant until = refusesUntil();
    return new DependencyState(name(), state(until), until, slots.inUse(), slots.size());
  }

  /** From now on these limits count, and what the operator forces. */
  void adjust(@Nullable Forced wanted, int maxConcurrent, int perSecond) {
    slots.resize(maxConcurrent);
    pace.changeTo(perSecond);
    boolean isFreed = forced != null && wanted == null;
    forced = wanted;
    if (isFreed) {
      opening.forget();
    }
  }

  /** Another worker has found that calls fail, and will make none for this long. */
  void heardOpened(Duration remaining) {
    if (forced == null) {
      opening.believe(remaining);
    }
  }

  /** Another worker's probes went well. */
  void heardClosed() {
    if (forced == null) {
      opening.probeNow();
    }
  }

  private DependencyState.State state(@Nullable Instant refusedUntil) {
    return switch (forced) {
      case OPEN -> DependencyState.State.FORCED_OPEN;
      case CLOSED -> DependencyState.State.FORCED_CLOSED;
      case null ->
          switch (breaker.getState()) {
            case OPEN, FORCED_OPEN ->
                refusedUntil == null ? DependencyState.State.HALF_OPEN : DependencyState.State.OPEN;
            case HALF_OPEN -> DependencyState.State.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY ->
                refusedUntil == null ? DependencyState.State.CLOSED : DependencyState.State.PARKED;
          };
    };
  }

  /**
   * Refuses what every call would be refused for now. For those who have to prepare a call at some
   * cost; that they are let through promises nothing.
   *
   * @throws CallRefusedException as {@link #call} would
   */
  public void refuseIfClosedOff() throws CallRefusedException {
    Forced wanted = forced;
    if (wanted == Forced.CLOSED) {
      return;
    }
    if (wanted == Forced.OPEN) {
      throw breakerOpen("an operator has closed the destination off", FORCED_OPEN);
    }
    Instant now = clock.instant();
    Instant parked = parkedUntil;
    if (parked.isAfter(now)) {
      throw refused("the destination asked for a pause", Duration.between(now, parked));
    }
    if (breaker.getState() == CircuitBreaker.State.OPEN && opening.nextProbe().isAfter(now)) {
      throw breakerOpen("circuit breaker open", opening.remaining());
    }
  }

  private CallRefusedException refused(String why, Duration earliest) {
    return new CallRefusedException(why, turn(earliest));
  }

  private BreakerOpenException breakerOpen(String why, Duration earliest) {
    return new BreakerOpenException(why, turn(earliest));
  }

  private Duration turn(Duration earliest) {
    Duration slot = slots.gap();
    Duration second = pace.gap();
    return turns.next(earliest, slot.compareTo(second) < 0 ? second : slot);
  }

  private <T> T made(Callable<T> call, boolean judged) throws Exception {
    Instant start = clock.instant();
    try {
      T result = call.call();
      if (judged) {
        breaker.onSuccess(millisSince(start), TimeUnit.MILLISECONDS);
      }
      return result;
    } catch (Exception | Error thrown) {
      if (judged) {
        judge(thrown, millisSince(start));
      }
      throw thrown;
    } finally {
      slots.took(millisSince(start));
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
      case Failure.Transient failure -> {
        breaker.onError(millis, TimeUnit.MILLISECONDS, thrown);
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
          park(retryAfter);
        }
      }
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

  /** Refuses all calls for so long, as if the remote side had asked for that. */
  public synchronized void park(Duration wait) {
    Instant until = clock.instant().plus(wait);
    if (until.isAfter(parkedUntil)) {
      parkedUntil = until;
    }
  }

  private long millisSince(Instant start) {
    return Math.max(0, Duration.between(start, clock.instant()).toMillis());
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
