package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.worker.consume.Engine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** What the engine survives. */
class OutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private LocalStack stack;
  private TestFleet fleet;

  @BeforeEach
  void start() {
    stack = BreakableLocalStack.get();
    fleet = new TestFleet(stack, BreakableLocalStack.createDatabase("outage"));
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  @Test
  void postgresAwaySpendsNoAttemptsAndLosesNothing() {
    Engine engine = fleet.startWorker().getBean(Engine.class);
    List<Task> before = publish(200, "before");
    // A worker that knows nothing of its first records yet has another trouble, see below.
    await()
        .atMost(PATIENCE)
        .until(() -> fleet.count("select count(*) from task where state = 'succeeded'") > 0);
    stack.postgres().kill();
    List<Task> during = publish(200, "during");
    awaitTrouble(engine, "Postgres does not");

    stack.postgres().start();

    awaitAllSucceeded(before, during);
    assertThat(fleet.count("select count(*) from task where attempt <> 1")).isZero();
    assertThat(fleet.count("select count(*) from task_attempt")).isZero();
    fleet.awaitFolded();
    assertThat(fleet.count("select sum(count) from analytics_bucket where step = '1h'"))
        .isEqualTo(400);
    assertThat(fleet.topics.deadLetters(BuiltInTypes.ANALYTICS)).isEmpty();
  }

  @Test
  void aWorkerThatCannotAskPostgresAboutItsFirstRecordsSaysSo() {
    ConfigurableApplicationContext worker = fleet.startWorker();
    Engine engine = worker.getBean(Engine.class);
    await().atMost(PATIENCE).until(() -> engine.assignedPartitions() > 0);
    stack.postgres().kill();
    EngineHealth health = worker.getBean(EngineHealth.class);
    await()
        .atMost(PATIENCE)
        .until(() -> String.valueOf(health.health()).contains("Postgres does not answer"));

    List<Task> tasks =
        IntStream.range(0, 20).mapToObj(i -> fleet.email("unknown" + i + "@example.com")).toList();
    tasks.forEach(fleet::publish);

    awaitTrouble(engine, "Postgres or Kafka does not say what is known of email tasks");
    stack.postgres().start();
    awaitAllSucceeded(tasks);
    await().atMost(PATIENCE).until(() -> engine.troubles().isEmpty());
  }

  private static void awaitTrouble(Engine engine, String start) {
    await()
        .atMost(PATIENCE)
        .until(() -> engine.troubles().stream().anyMatch(trouble -> trouble.startsWith(start)));
  }

  @Test
  void redisAwayChangesNothing() {
    fleet.startWorker();
    stack.redis().kill();

    long killed = System.nanoTime();
    List<Task> tasks = publish(200, "without.redis");

    awaitAllSucceeded(tasks);
    System.out.printf(
        "200 of 200 done %d ms after Redis was killed%n",
        Duration.ofNanos(System.nanoTime() - killed).toMillis());
    stack.redis().start();
    awaitAllSucceeded(publish(10, "with.redis"));
  }

  @Test
  void theBrokerKilledAndBackLosesNothing() {
    Engine engine = fleet.startWorker().getBean(Engine.class);
    List<Task> before = publish(200, "before");

    stack.kafka().kill();
    awaitTrouble(engine, "Kafka is away");
    stack.kafka().start();
    long back = System.nanoTime();

    List<Task> after = publish(200, "after");
    awaitAllSucceeded(before, after);
    System.out.printf(
        "400 of 400 done %d ms after the broker was back%n",
        Duration.ofNanos(System.nanoTime() - back).toMillis());
    await().atMost(PATIENCE).until(() -> engine.troubles().isEmpty());
    fleet.awaitFolded();
    assertThat(fleet.count("select sum(count) from analytics_bucket where step = '1h'"))
        .isEqualTo(400);
    fleet.topics.awaitNoLag();
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void aDrainedWorkerRepeatsNoMailAndLeavesTheRestToTheNext(CapturedOutput log) throws Exception {
    ConfigurableApplicationContext first =
        fleet.startWorker("taskfleet.worker.settings.email.concurrency=4");
    long before = stack.mail().received();
    CountDownLatch sending = new CountDownLatch(4);
    CountDownLatch goOn = new CountDownLatch(1);
    stack.mail().answer(_ -> slowly(sending, goOn));
    List<Task> tasks =
        IntStream.range(0, 60).mapToObj(i -> fleet.email("drain" + i + "@example.com")).toList();
    tasks.forEach(fleet::publish);
    assertThat(sending.await(20, TimeUnit.SECONDS)).isTrue();

    Thread closing = Thread.ofPlatform().start(first::close);
    // All of them would be sent before it has even been told to drain, if it is told late.
    await().atMost(PATIENCE).until(() -> log.getOut().contains("draining, at most"));
    goOn.countDown();
    assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
    long sentByFirst = stack.mail().received() - before;
    fleet.startWorker();

    tasks.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
    assertThat(sentByFirst).as("sent before the drain ended").isBetween(4L, 59L);
    assertThat(stack.mail().received() - before).isEqualTo(60);
    System.out.printf("60 of 60 mails once, %d before the drain ended%n", sentByFirst);
  }

  @Test
  void anAttemptThatOutlastsTheDrainIsMadeAgainElsewhereAndSpendsNothing() throws Exception {
    ConfigurableApplicationContext first =
        fleet.startWorker(
            "taskfleet.worker.drain-deadline=4s",
            "taskfleet.worker.defaults.revoke-grace=1s",
            "taskfleet.worker.defaults.attempt-timeout=4s");
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    stack.mail().answer(_ -> slowly(sending, never));
    Task stuck =
        fleet.task(
            BuiltInTypes.EMAIL,
            "{\"to\":\"stuck@example.com\",\"subject\":\"s\",\"text\":\"t\"}",
            new Task.Options(null, Duration.ofMinutes(1), null, null));
    fleet.publish(stuck);
    assertThat(sending.await(20, TimeUnit.SECONDS)).isTrue();

    first.close();
    never.countDown();
    stack.mail().answerAsUsual();
    assertThat(fleet.state(stuck.id())).isEqualTo("unknown");
    fleet.startWorker();

    fleet.awaitState(stuck.id(), "succeeded");
    assertThat(fleet.count("select attempt from task where id = ?", stuck.id())).isEqualTo(1);
  }

  private static SmtpReply slowly(CountDownLatch sending, CountDownLatch goOn) {
    sending.countDown();
    try {
      boolean _ = goOn.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return SmtpReply.ACCEPTED;
  }

  private List<Task> publish(int count, String name) {
    List<Task> tasks = IntStream.range(0, count).mapToObj(_ -> fleet.event(name)).toList();
    tasks.forEach(fleet::publish);
    return tasks;
  }

  @SafeVarargs
  private void awaitAllSucceeded(List<Task>... groups) {
    for (List<Task> tasks : groups) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          tasks.stream()
                              .filter(task -> !fleet.state(task.id()).equals("succeeded")))
                      .isEmpty());
    }
  }
}
