package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.RemoteRefusal;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DependencyTest {
  private final CalledDependency called = new CalledDependency(2);
  private final SettableClock clock = called.clock;
  private final Dependency dependency = called.dependency;

  static Stream<Exception> failuresOfTheDependency() {
    return Stream.of(
        new SocketTimeoutException(),
        new SocketException(),
        CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 500, null),
        CalledDependency.reply(RemoteRefusal.Protocol.SMTP, 421, null));
  }

  static Stream<Exception> failuresOfSomethingElse() {
    return Stream.of(
        CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 404, null),
        CalledDependency.reply(RemoteRefusal.Protocol.SMTP, 450, null),
        CalledDependency.reply(RemoteRefusal.Protocol.SMTP, 550, null),
        new InterruptedException(),
        new IllegalStateException());
  }

  @ParameterizedTest
  @MethodSource("failuresOfTheDependency")
  void opensAfterTenFailuresOfTheDependency(Exception failure) {
    called.failTimes(9, failure);
    assertThat(dependency.refusesUntil()).isNull();

    called.failTimes(1, failure);

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(10));
    assertThat(called.refusal().retryAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @MethodSource("failuresOfSomethingElse")
  void staysClosedWhenItIsNotTheDependencyThatFails(Exception failure) {
    called.failTimes(100, failure);

    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void forgetsFailuresOlderThanItsWindow() {
    called.failTimes(9, new SocketException());
    clock.advance(Duration.ofSeconds(31));

    called.failTimes(9, new SocketException());

    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void opensWhenCallsAreSlow() throws Exception {
    CalledDependency wide = new CalledDependency(10);

    wide.callAtOnce(10, () -> wide.slowly(Duration.ofSeconds(6)));

    assertThat(wide.dependency.refusesUntil()).isNotNull();
  }

  @Test
  void probesAndCloses() throws Exception {
    called.failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    for (int i = 0; i < 3; i++) {
      assertThat(dependency.call(() -> "up")).isEqualTo("up");
    }

    called.failTimes(9, new SocketException());
    assertThat(dependency.refusesUntil()).isNull();
  }

  @Test
  void probesAndOpensAgain() {
    called.failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    called.failTimes(3, new SocketException());

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(10));
  }

  @Test
  void closesWhenProbesAreRefusedByRule() {
    called.failTimes(10, new SocketException());
    clock.advance(Duration.ofSeconds(10).plusMillis(1));

    called.failTimes(20, CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 404, null));

    assertThat(dependency.refusesUntil()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "6, true"})
  void blamesTheDependencyForAnInterruptOnlyIfItHadBeenSlow(int seconds, boolean blamed) {
    CalledDependency wide = new CalledDependency(10);
    Callable<String> interrupted =
        () -> {
          wide.slowly(Duration.ofSeconds(seconds));
          throw new InterruptedException();
        };

    assertThatThrownBy(() -> wide.callAtOnce(10, interrupted))
        .isInstanceOf(InterruptedException.class);

    assertThat(wide.dependency.refusesUntil() != null).isEqualTo(blamed);
  }

  @Test
  void leavesTheDependencyAloneForAsLongAsItAsksFor() throws Exception {
    called.failTimes(
        1, CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 429, Duration.ofSeconds(40)));
    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(40));

    clock.advance(Duration.ofSeconds(30));
    assertThat(called.refusal().retryAfter()).isEqualTo(Duration.ofSeconds(10));

    clock.advance(Duration.ofSeconds(10));
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
  }

  @Test
  void leavesTheDependencyAloneAfterAServerErrorThatAsksForIt() {
    called.failTimes(
        1, CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 502, Duration.ofSeconds(40)));

    assertThat(dependency.refusesUntil()).isEqualTo(clock.instant().plusSeconds(40));
  }

  @Test
  void makesNoCallWhileForcedOpenAndEveryCallWhileForcedClosed() throws Exception {
    dependency.adjust(Forced.OPEN, 2, Pace.ANY);
    assertThat(called.refusal().retryAfter()).isGreaterThan(Duration.ofSeconds(1));
    assertThat(dependency.limit()).isZero();

    dependency.adjust(Forced.CLOSED, 2, Pace.ANY);
    called.failTimes(
        1, CalledDependency.reply(RemoteRefusal.Protocol.HTTP, 429, Duration.ofSeconds(40)));
    called.failTimes(100, new SocketException());
    assertThat(dependency.limit()).isEqualTo(2);
    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.FORCED_CLOSED);

    dependency.adjust(null, 2, Pace.ANY);
    assertThat(dependency.call(() -> "up")).isEqualTo("up");
    called.failTimes(8, new SocketException());
    assertThat(dependency.state().state()).isEqualTo(DependencyState.State.CLOSED);
  }

  @Test
  void beginsAnewWhenAnOperatorLetsGo() throws Exception {
    called.failTimes(10, new SocketException());
    dependency.adjust(Forced.CLOSED, 2, Pace.ANY);

    dependency.adjust(null, 2, Pace.ANY);

    assertThat(dependency.call(() -> "up")).isEqualTo("up");
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
}
