package io.taskfleet.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class SameDeadlineTest {
  private final CompletableFuture<String> oldest = new CompletableFuture<>();
  private final CompletableFuture<String> youngest = new CompletableFuture<>();

  @Test
  void endsWhatHasWaitedTooLong() {
    SameDeadline passed = new SameDeadline(Duration.ZERO);
    passed.hold(oldest);
    passed.hold(youngest);

    passed.look();

    assertThat(oldest.exceptionNow()).isInstanceOf(TimeoutException.class);
    assertThat(youngest.exceptionNow()).isInstanceOf(TimeoutException.class);
  }

  @Test
  void leavesAloneWhatHasTime() {
    SameDeadline far = new SameDeadline(Duration.ofHours(1));
    far.hold(oldest);

    far.look();

    assertThat(oldest).isNotDone();
  }

  @Test
  void leavesAnAnswerThatCameInTime() {
    SameDeadline passed = new SameDeadline(Duration.ZERO);
    passed.hold(oldest);
    passed.hold(youngest);
    oldest.complete("came");

    passed.look();

    assertThat(oldest).isCompletedWithValue("came");
    assertThat(youngest).isCompletedExceptionally();
  }
}
