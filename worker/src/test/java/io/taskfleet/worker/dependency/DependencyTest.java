package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RemoteRefusal;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DependencyTest {
  private static final DependencyProperties.Breaker SETTINGS =
      new DependencyProperties.Breaker(
          10,
          Duration.ofSeconds(30),
          50,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          3,
          Duration.ofSeconds(30));

  private final SettableClock clock = new SettableClock();
  private final Dependency dependency = dependency(2);

  static Stream<Exception> failuresOfTheDependency() {
    return Stream.of(
        new SocketTimeoutException(),
        new SocketException(),
        reply(RemoteRefusal.Protocol.HTTP, 500, null),
        reply(RemoteRefusal.Protocol.SMTP, 421, null));
  }

  static Stream<Exception> failuresOfSomethingElse() {
    return Stream.of(
        reply(RemoteRefusal.Protocol.HTTP, 404, null),
        reply(RemoteRefusal.Protocol.SMTP, 450, null),
        reply(RemoteRefusal.Protocol.SMTP, 550, null),
        new InterruptedException(),
        new IllegalStateException());
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheDependency")
  void opensAfterTenFailuresOfTheDependency(Exception failure) {
    failTimes(9, failure);
    assertThat(dependency.refusesUntil()).isNull();

    failTimes(1, failure);

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(10));
    assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @MethodSource("failuresOfSomethingElse")
  void staysClosedWhenItIsNotTheDependencyThatFails(Exception failure) {
    failTimes(100, failure);

    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void forgetsFailuresOlderThanItsWindow() {
    failTimes(9, new SocketException());
    clock.advance(Duration.ofSeconds(31));

    failTimes(9, new SocketException());

    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void opensWhenCallsAreSlow() throws Exception {
    Dependency wide = dependency(10);

    wide.call(atOnce(wide, 10, () -> slowly(Duration.ofSeconds(6))));

    assertThat(wide.refusesUntil()).isNotNull();
  }

  @Test
  void probesAndCloses() throws Exception {
    failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    for (int i = 0; i < 3; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
    }

    failTimes(9, new SocketException());
    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void probesAndOpensAgain() {
    failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    failTimes(3, new SocketException());

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(10));
  }

  @Test
  void closesWhenProbesAreRefusedByRule() {
    failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    failTimes(20, reply(RemoteRefusal.Protocol.HTTP, 404, null));

    assertThat(dependency.refusesUntil()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "6, true"})
  void blamesTheDependencyForAnInterruptOnlyIfItHadBeenSlow(int seconds, boolean blamed) {
    Dependency wide = dependency(10);
    Callable<String> interrupted =
        () -> {
          slowly(Duration.ofSeconds(seconds));
          throw new InterruptedException();
        };

    assertThatThrownBy(() -> wide.call(atOnce(wide, 10, interrupted)))
        .isInstanceOf(InterruptedException.class);

    assertThat(wide.refusesUntil() != null).isEqualTo(blamed);
  }

  @Test
  void leavesTheDependencyAloneForAsLongAsItAsksFor() throws Exception {
    failTimes(1, reply(RemoteRefusal.Protocol.HTTP, 429, Duration.ofSeconds(40)));
    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(40));

    clock.advance(Duration.ofSeconds(30));
    assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(10));

    clock.advance(Duration.ofSeconds(10));
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
  }

  @Test
  void refusesTheCallAfterTheLastSlotAndFreesSlots() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    Callable<Optional<String>> waiting =
        () -> {
          begun.countDown();
          end.await();
          return Optional.empty();
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> one = threads.submit(() -> dependency.call(waiting));
      Future<?> other = threads.submit(() -> dependency.call(waiting));
      begun.await();

      assertThat(refusal().retryAfter()).isEqualTo(Duration.ofSeconds(1));

      end.countDown();
      one.get();
      other.get();
    }
    assertThat(dependency.call(() -> "free")).isEqualTo("free");
  }

  @Test
  void leavesTheDependencyAloneAfterAServerErrorThatAsksForIt() {
    failTimes(1, reply(RemoteRefusal.Protocol.HTTP, 502, Duration.ofSeconds(40)));

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(40));
  }

  @Test
  void beginsNoMoreCallsInASecondThanAllowedAndSpreadsTheRest() throws Exception {
    dependency.adjust(null, 2, 4);
    clock.advance(Duration.ofSeconds(1));

    for (int i = 0; i < 4; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
    }

    assertThat(dependency.limit()).isZero();
    assertThat(Stream.generate(this::refusal).limit(3).map(CallRefusedException::retryAfter))
        .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(1_250), Duration.ofMillis(1_500));
    clock.advance(Duration.ofSeconds(1));
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
    assertThat(dependency.limit()).isEqualTo(2);
  }

  @Test
  void takesNoPermissionFromTheBreakerForACallThatIsTooMany() throws Exception {
    dependency.adjust(null, 2, 1);
    failTimesASecondApart(10);
    clock.advance(Duration.ofSeconds(11));

    for (int i = 0; i < 3; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
      assertThat(refusal()).isNotNull();
      assertThat(refusal()).isNotNull();
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.CLOSED);
  }

  @Test
  void makesNoCallWhileForcedOpenAndEveryCallWhileForcedClosed() throws Exception {
    dependency.adjust(Forced.OPEN, 2, Pace.ANY);
    assertThat(refusal().retryAfter()).isGreaterThan(Duration.ofSeconds(1));
    assertThat(dependency.limit()).isZero();

    dependency.adjust(Forced.CLOSED, 2, Pace.ANY);
    failTimes(1, reply(RemoteRefusal.Protocol.HTTP, 429, Duration.ofSeconds(40)));
    failTimes(100, new SocketException());
    assertThat(dependency.limit()).isEqualTo(2);
    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.FORCED_CLOSED);

    dependency.adjust(null, 2, Pace.ANY);
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
    failTimes(8, new SocketException());
    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.CLOSED);
  }

  @Test
  void beginsAnewWhenAnOperatorLetsGo() throws Exception {
    failTimes(10, new SocketException());
    dependency.adjust(Forced.CLOSED, 2, Pace.ANY);

    dependency.adjust(null, 2, Pace.ANY);

    assertThat(dependency.call(() -> "up")).isEqualTo("up");
  }

  @Test
  void saysHowManyCallsMayBeUnderWay() throws Exception {
    Dependency wide = dependency(10);
    assertThat(wide.limit()).isEqualTo(10);

    assertThatThrownBy(
            () ->
                wide.call(
                    atOnce(
                        wide,
                        10,
                        () -> {
                          throw new SocketException();
                        })))
        .isInstanceOf(SocketException.class);
    assertThat(wide.limit()).isZero();

    clock.advance(Duration.ofSeconds(10).plusMillis(1));
    assertThat(wide.limit()).as("else nobody would ever probe").isEqualTo(3);
    assertThat(wide.call(wide::limit)).isEqualTo(3);
    assertThat(wide.limit()).as("one of three probes has ended").isEqualTo(2);
    assertThat(wide.state().state()).isEqualTo(DependencyState.State.HALF_OPEN);
    assertThat(wide.call(() -> "up")).isEqualTo("up");
    assertThat(wide.call(() -> "up")).isEqualTo("up");
    assertThat(wide.limit()).isEqualTo(10);
  }

  @Test
  void doesNotReturnAllAtOnceFromAnOpenBreaker() throws Exception {
    dependency.adjust(null, 2, 10);
    failTimesASecondApart(10);

    assertThat(Stream.generate(this::refusal).limit(3).map(CallRefusedException::retryAfter))
        .isSortedAccordingTo(Duration::compareTo)
        .doesNotHaveDuplicates();
  }

  @Test
  void passesOnWhatTheCallThrows() {
    SocketException reset = new SocketException();

    assertThatThrownBy(
            () ->
                dependency.call(
                    () -> {
                      throw reset;
                    }))
        .isSameAs(reset);
  }

  private Dependency dependency(int maxConcurrent) {
    return new Dependency(
        SETTINGS,
        new Dependency.Guards(
            CircuitBreaker.of("smtp", Dependency.breakerConfig(SETTINGS, clock)),
            new Slots(maxConcurrent, Duration.ZERO),
            new Pace(RateLimiter.of("smtp", Pace.config(Pace.ANY), clock::nanos))),
        new FailureClassifier(),
        () -> BreakerNews.UNHEARD,
        clock);
  }

  /** Calls that begin at the same time, one inside the other, and take as long as the last. */
  private static Callable<String> atOnce(Dependency called, int calls, Callable<String> last) {
    return calls == 1 ? last : () -> called.call(atOnce(called, calls - 1, last));
  }

  private String slowly(Duration duration) {
    clock.advance(duration);
    return "late";
  }

  private CallRefusedException refusal() {
    return catchThrowableOfType(
        CallRefusedException.class,
        () ->
            dependency.call(
                () -> {
                  throw new AssertionError("called");
                }));
  }

  private void failTimes(int times, Exception failure) {
    for (int i = 0; i < times; i++) {
      assertThatThrownBy(
              () ->
                  dependency.call(
                      () -> {
                        throw failure;
                      }))
          .isSameAs(failure);
    }
  }

  private void failTimesASecondApart(int times) {
    for (int i = 0; i < times; i++) {
      clock.advance(Duration.ofSeconds(1));
      failTimes(1, new SocketException());
    }
  }

  private static RemoteRefusal reply(
      RemoteRefusal.Protocol protocol, int status, @Nullable Duration retryAfter) {
    return new RemoteRefusal(protocol, status, "reply", retryAfter);
  }
}
