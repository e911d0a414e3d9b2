package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RemoteRefusal;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A dependency under a clock of its own, and the calls that tests make. */
final class CalledDependency {
  private static final DependencyProperties.Breaker SETTINGS =
      new DependencyProperties.Breaker(
          10,
          Duration.ofSeconds(30),
          50,
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          3,
          Duration.ofSeconds(30));

  final SettableClock clock = new SettableClock();
  final Dependency dependency;

  CalledDependency(int maxConcurrent) {
    dependency =
        new Dependency(
            SETTINGS,
            new Dependency.Guards(
                CircuitBreaker.of("smtp", Dependency.breakerConfig(SETTINGS, clock)),
                new Slots(maxConcurrent, Duration.ZERO),
                new Pace(RateLimiter.of("smtp", Pace.config(Pace.ANY), clock::nanos))),
            new FailureClassifier(),
            () -> BreakerNews.UNHEARD,
            clock);
  }

  /** Makes calls that begin at the same time and take as long as the last. */
  String callAtOnce(int calls, Callable<String> last) throws Exception {
    Callable<String> first = calls == 1 ? last : () -> callAtOnce(calls - 1, last);
    return dependency.call(first);
  }

  String slowly(Duration duration) {
    clock.advance(duration);
    return "late";
  }

  CallRefusedException refusal() {
    return catchThrowableOfType(
        CallRefusedException.class,
        () ->
            dependency.call(
                () -> {
                  throw new AssertionError("called");
                }));
  }

  void failTimes(int times, Exception failure) {
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

  void failTimesASecondApart(int times) {
    for (int i = 0; i < times; i++) {
      clock.advance(Duration.ofSeconds(1));
      failTimes(1, new SocketException());
    }
  }

  static RemoteRefusal reply(
      RemoteRefusal.Protocol protocol, int status, @Nullable Duration retryAfter) {
    return new RemoteRefusal(protocol, status, "reply", retryAfter);
  }
}
