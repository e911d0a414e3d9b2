package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Postgres stopped under load. {@code -Dtaskfleet.faults.postgres.seconds=30} makes it last; the
 * usual length is for every build.
 */
class PostgresStoppedIT {
  private static final Logger log = LoggerFactory.getLogger(PostgresStoppedIT.class);
  private static final Duration STOPPED =
      Duration.ofSeconds(Integer.getInteger("taskfleet.faults.postgres.seconds", 5));
  private static final Duration BEFORE = Duration.ofSeconds(5);
  private static final Duration RECOVERY = Duration.ofSeconds(10);
  private static final int RATE = 500;

  private long started;
  private int published;

  @Test
  void spendsNoAttemptsAndIsSoonBackAtTheFullRate() {
    LocalStack stack = BreakableLocalStack.get();
    try (TestFleet fleet = new TestFleet(stack, BreakableLocalStack.createDatabase("stopped"))) {
      fleet.startScriptWorker();
      started = System.nanoTime();
      publishFor(fleet, BEFORE);
      stack.postgres().kill();
      publishFor(fleet, STOPPED);
      stack.postgres().start();
      long back = System.nanoTime();

      Duration full = null;
      long recorded = fleet.count("select count(*) from task");
      while (full == null && System.nanoTime() - back < RECOVERY.toNanos()) {
        publishFor(fleet, Duration.ofSeconds(1));
        long now = fleet.count("select count(*) from task");
        full = now - recorded >= RATE ? Duration.ofNanos(System.nanoTime() - back) : null;
        recorded = now;
      }
      while (fleet.count("select count(*) from task where state = 'succeeded'") < published
          && System.nanoTime() - back < 6 * RECOVERY.toNanos()) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }

      log.info(
          "{} published at {}/s, Postgres away for {}: full rate after {}, all done after {}",
          published,
          RATE,
          STOPPED,
          full,
          Duration.ofNanos(System.nanoTime() - back));
      assertThat(full).as("at full rate again").isNotNull();
      assertThat(fleet.count("select count(*) from task where state = 'succeeded'"))
          .isEqualTo(published);
      assertThat(fleet.count("select count(*) from task where attempt <> 1")).isZero();
      assertThat(fleet.count("select count(*) from task_attempt")).isZero();
      assertThat(fleet.topics.deadLetters(ScriptHandler.TYPE)).isEmpty();
    }
  }

  private void publishFor(TestFleet fleet, Duration length) {
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      long due = (System.nanoTime() - started) * RATE / 1_000_000_000;
      List<Task> tasks = new ArrayList<>();
      while (published + tasks.size() < due) {
        tasks.add(
            fleet.script(
                "{\"does\":\"succeed\",\"millis\":5}",
                UUID.randomUUID().toString(),
                Task.DEFAULT_TENANT,
                Priority.NORMAL));
      }
      fleet.publishAll(tasks);
      published += tasks.size();
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}
