package io.taskfleet.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Progress;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuccessionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  // State, attempt, seconds from now at which it started and is due, percent of progress.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "queued    0 . .  | running   1 -1 .  | true",
        "running   1 -1 . | retrying  1 -1 5  | true",
        "running   1 -1 . | deferred  0 -1 5  | true",
        "running   1 -1 . | succeeded 1 -1 .  | true",
        "running   1 -1 . | running   1 -1 . 10 | true",
        "running   1 -1 . 10 | running   1 -1 . 20 | true",
        "running   1 -1 . | running   2 0 .   | true",
        "retrying  1 -1 5 | running   2 0 .   | true",
        "retrying  1 -1 5 | queued    1 -1 .  | true",
        "deferred  0 . 5  | deferred  0 . 9   | true",
        "deferred  0 . -1 | running   1 0 .   | true",
        "scheduled 0 . 5  | cancelled 0 . .   | true",
        "queued    1 -9 . | running   2 0 .   | true",
        "queued    1 -9 . | deferred  1 . 5   | true",
        // The same.
        "queued    0 . .  | queued    0 . .   | false",
        "running   1 -1 . | running   1 -1 .  | false",
        "running   1 -1 . 10 | running   1 -1 . 10 | false",
        "running   1 -1 . 10 | running   1 -1 . | false",
        "retrying  1 -1 5 | retrying  1 -1 5  | false",
        // Postgres does not know that it runs.
        "running   1 -1 . | queued    0 . .   | false",
        "running   2 -1 . | retrying  1 -9 -2 | false",
        "running   2 -1 . | queued    1 -9 .  | false",
        // Redis does not know that it is queued again.
        "queued    1 -9 . | retrying  1 -9 -2 | false"
      })
  void goesOnAndNotBack(String last, String next, boolean later) {
    assertThat(Succession.isLater(status(next), status(last), NOW)).isEqualTo(later);
  }

  private static TaskStatus status(String text) {
    String[] parts = text.strip().split(" +", 5);
    return new TaskStatus(
        new UUID(0, 1),
        "t",
        "analytics",
        TaskState.of(parts[0]),
        Priority.NORMAL,
        "k",
        Integer.parseInt(parts[1]),
        null,
        null,
        null,
        null,
        null,
        null,
        NOW,
        null,
        time(parts[3]),
        time(parts[2]),
        null,
        parts.length < 5 ? null : new Progress(Integer.parseInt(parts[4]), ""));
  }

  private static @Nullable Instant time(String seconds) {
    return seconds.equals(".") ? null : NOW.plusSeconds(Long.parseLong(seconds));
  }
}
