package io.taskfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class QuestionsTest {

  @Test
  void putsOffWhoWouldWaitForPostgresUntilTheAttemptIsOver() throws Exception {
    try (StuckDatabase database = new StuckDatabase()) {
      Questions questions = new Questions(database, Duration.ofMillis(50));
      Callable<Integer> one = () -> questions.ask(_ -> 1);
      Callable<Integer> other = () -> questions.together(_ -> 1);
      database.keepBusyWith(one, other);

      assertThatThrownBy(one::call).isInstanceOf(CallRefusedException.class);
      assertThatThrownBy(other::call).isInstanceOf(CallRefusedException.class);
    }
  }
}
