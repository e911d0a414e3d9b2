package io.taskfleet.worker.mailing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.postgres.Questions;
import io.taskfleet.worker.postgres.StuckDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EmailTablesTest {

  @Test
  void putsOffWhoWouldWaitForPostgresUntilTheAttemptIsOver() throws Exception {
    try (StuckDatabase database = new StuckDatabase()) {
      EmailTables tables = new EmailTables(new Questions(database, Duration.ofMillis(50)));
      Callable<?> one = () -> tables.template("acme", "order", null);
      Callable<?> other = () -> tables.reserve("one", Instant.EPOCH, 1, 1);
      database.keepBusyWith(one, other);

      assertThatThrownBy(one::call).isInstanceOf(CallRefusedException.class);
      assertThatThrownBy(other::call).isInstanceOf(CallRefusedException.class);
    }
  }
}
