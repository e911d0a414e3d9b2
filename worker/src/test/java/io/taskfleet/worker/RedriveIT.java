package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.fleet.Controls;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The way of a dead task back to its topic, with one worker. */
class RedriveIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final TestFleet FLEET =
      new TestFleet(STACK, SharedLocalStack.createDatabase("redrive"));

  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void startWorker() {
    worker =
        FLEET.startWorker(
            "taskfleet.worker.redrive-cap=2",
            "taskfleet.worker.defaults.max-attempts=2",
            "taskfleet.worker.defaults.backoff-base=20ms",
            "taskfleet.worker.defaults.backoff-cap=40ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @AfterEach
  void answerAsUsual() {
    STACK.mail().answerAsUsual();
  }

  @Test
  void aRedrivenTaskStartsAfreshAndSucceeds() {
    Task task = deadTask("redriven@example.com");
    STACK.mail().answerAsUsual();

    redrive(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(
            FLEET.count(
                "select count(*) from task where id = ? and attempt = 1 and redrive_count = 1"
                    + " and delivery = 3 and error_code is null",
                task.id()))
        .isEqualTo(1);
    assertThat(letters(task)).isEqualTo(1);
  }

  @Test
  void aTaskThatDiesAgainIsDeadLetteredOnceMoreUntilItsCap() {
    Task task = deadTask("hopeless@example.com");

    for (int redrives = 1; redrives <= 2; redrives++) {
      redrive(task);
      awaitDeath(task, redrives);
    }
    UUID refused = redrive(task);

    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                FLEET.count(
                        "select count(*) from redrive where id = ? and state = 'done'"
                            + " and moved = 0 and refused = 1",
                        refused)
                    == 1);
    assertThat(
            FLEET.count(
                "select count(*) from task where id = ? and state = 'dead'"
                    + " and error_code = 'REDRIVE_LIMIT'",
                task.id()))
        .isEqualTo(1);
    // Two attempts each time, and a line of the operator's before each but the first.
    assertThat(FLEET.count("select count(*) from task_attempt where task_id = ?", task.id()))
        .isEqualTo(8);
    FLEET.topics.awaitNoLag();
    assertThat(letters(task)).isEqualTo(3);
  }

  @Test
  void aRedrivenTaskIsNotCalledDeadWhileItWaits() {
    Task task = deadTask("waiting@example.com");
    STACK.mail().answerAsUsual();
    try (RedisClient redis = RedisClient.create(STACK.redisUri());
        StatefulRedisConnection<String, String> connection = redis.connect()) {
      String status = RedisKeys.task(task.id());
      await().until(() -> connection.sync().exists(status) == 1);
      pause(true);
      await().until(() -> worker.getBean(Controls.class).of("email").paused());

      redrive(task);

      FLEET.awaitState(task.id(), "queued");
      await().until(() -> connection.sync().exists(status) == 0);
    } finally {
      pause(false);
    }
    FLEET.awaitState(task.id(), "succeeded");
  }

  private static void pause(boolean paused) {
    FLEET
        .database
        .sql(
            """
            insert into queue_control (type, scope, paused, updated_by)
            values ('email', 'type', ?, 'ops')
            on conflict (type, scope) do update set paused = excluded.paused
            """)
        .param(paused)
        .update();
  }

  private static Task deadTask(String to) {
    STACK
        .mail()
        .answer(each -> each.equals(to) ? new SmtpReply(450, "4.2.1 no") : SmtpReply.ACCEPTED);
    Task task = FLEET.email(to);
    FLEET.publish(task);
    awaitDeath(task, 0);
    return task;
  }

  /** Dead after this many redrives, and its letter sent. */
  private static void awaitDeath(Task task, int redrives) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(
                      FLEET.count(
                          "select count(*) from task where id = ? and state = 'dead'"
                              + " and attempt = 2 and redrive_count = ?",
                          task.id(),
                          redrives))
                  .isEqualTo(1);
              assertThat(letters(task)).isEqualTo(redrives + 1);
            });
  }

  private static int letters(Task task) {
    return FLEET.topics.deadLettersOf(BuiltInTypes.EMAIL, task.id()).size();
  }

  private static UUID redrive(Task task) {
    UUID id = UUID.randomUUID();
    FLEET
        .database
        .sql(
            "insert into redrive (id, task_ids, per_second, requested_by)"
                + " values (?, array[?::uuid], 50, 'ops')")
        .param(id)
        .param(task.id())
        .update();
    return id;
  }
}
