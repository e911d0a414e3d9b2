package io.taskfleet.worker.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @ParameterizedTest
  @CsvSource({"1, PT1S", "2, PT2S", "5, PT16S", "9, PT256S", "10, PT5M", "1000, PT5M"})
  void whatIsHeldIsLookedAtAgainEverLessOften(int delivery, Duration wait) {
    Entry.Outcome held = new Ending(3, NOW, null, NOW).held(delivery);

    assertThat(held.state()).isEqualTo(TaskState.DEFERRED);
    assertThat(held.dueAt()).isEqualTo(NOW.plus(wait));
    assertThat(held.attempt()).as("attempts spent").isEqualTo(3);
    assertThat(held.error()).isNotNull();
  }
}
