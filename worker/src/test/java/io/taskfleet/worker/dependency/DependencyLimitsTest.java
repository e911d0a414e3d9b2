package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.CallRefusedException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How many calls may be under way and begin, beside what the breaker says. */
class DependencyLimitsTest {
  private final CalledDependency called = new CalledDependency(2);
  private final SettableClock clock = called.clock;
  private final Dependency dependency = called.dependency;

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

      assertThat(called.refusal().retryAfter()).isEqualTo(Duration.ofSeconds(1));

      end.countDown();
      one.get();
      other.get();
    }
    assertThat(dependency.call(() -> "free")).isEqualTo("free");
  }

  @Test
  void beginsNoMoreCallsInASecondThanAllowedAndSpreadsTheRest() throws Exception {
    dependency.adjust(null, 2, 4);
    clock.advance(Duration.ofSeconds(1));

    for (int i = 0; i < 4; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
    }

    assertThat(dependency.limit()).isZero();
    assertThat(Stream.generate(called::refusal).limit(3).map(CallRefusedException::retryAfter))
        .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(1_250), Duration.ofMillis(1_500));
    clock.advance(Duration.ofSeconds(1));
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
    assertThat(dependency.limit()).isEqualTo(2);
  }

  @Test
  void takesNoPermissionFromTheBreakerForACallThatIsTooMany() throws Exception {
    dependency.adjust(null, 2, 1);
    called.failTimesASecondApart(10);
    clock.advance(Duration.ofSeconds(11));

    for (int i = 0; i < 3; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
      assertThat(called.refusal()).isNotNull();
      assertThat(called.refusal()).isNotNull();
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.CLOSED);
  }

  @Test
  void saysHowManyCallsMayBeUnderWay() throws Exception {
    CalledDependency wide = new CalledDependency(10);
    assertThat(wide.dependency.limit()).isEqualTo(10);

    assertThatThrownBy(
            () ->
                wide.callAtOnce(
                    10,
                    () -> {
                      throw new SocketException();
                    }))
        .isInstanceOf(SocketException.class);
    assertThat(wide.dependency.limit()).isZero();

    wide.clock.advance(Duration.ofSeconds(10).plusMillis(1));
    assertThat(wide.dependency.limit()).as("else nobody would ever probe").isEqualTo(3);
    assertThat(wide.dependency.call(wide.dependency::limit)).isEqualTo(3);
    assertThat(wide.dependency.limit()).as("one of three probes has ended").isEqualTo(2);
    assertThat(wide.dependency.state().state()).isEqualTo(DependencyState.State.HALF_OPEN);
    assertThat(wide.dependency.call(() -> "up")).isEqualTo("up");
    assertThat(wide.dependency.call(() -> "up")).isEqualTo("up");
    assertThat(wide.dependency.limit()).isEqualTo(10);
  }

  @Test
  void doesNotReturnAllAtOnceFromAnOpenBreaker() throws Exception {
    dependency.adjust(null, 2, 10);
    called.failTimesASecondApart(10);

    assertThat(Stream.generate(called::refusal).limit(3).map(CallRefusedException::retryAfter))
        .isSortedAccordingTo(Duration::compareTo)
        .doesNotHaveDuplicates();
  }
}
