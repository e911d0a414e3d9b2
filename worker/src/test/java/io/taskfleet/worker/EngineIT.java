package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.ReceivedMail;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The path of a task from its topic to its results, with one worker. */
class EngineIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final TestFleet FLEET =
      new TestFleet(STACK, SharedLocalStack.createDatabase("engine"));

  @BeforeAll
  static void startWorker() {
    FLEET.startWorker(
        "taskfleet.worker.defaults.max-attempts=3",
        "taskfleet.worker.defaults.backoff-base=50ms",
        "taskfleet.worker.defaults.backoff-cap=100ms");
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
  void sendsEveryMailOnceAndRecordsIt() {
    List<Task> tasks =
        IntStream.range(0, 50).mapToObj(i -> FLEET.email("ada" + i + "@example.com")).toList();

    tasks.forEach(FLEET::publish);

    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    assertThat(STACK.mail().messages().stream().map(ReceivedMail::messageId))
        .containsOnlyOnceElementsOf(tasks.stream().map(TestFleet::messageId).toList());
  }

  @Test
  void putsTheResultIntoPostgresAndRedis() {
    Task task = FLEET.email("grace@example.com");

    FLEET.publish(task);
    FLEET.awaitState(task.id(), "succeeded");

    TaskStatus cached = cached(task.id());
    assertThat(cached.state().isTerminal()).isTrue();
    assertThat(cached.attempt()).isEqualTo(1);
    assertThat(cached.payload()).isNotNull().extracting(RawJson::text).isEqualTo(text(task));
    assertThat(
            FLEET.count(
                "select count(*) from task where id = ? and attempt = 1 and payload::text = ?"
                    + " and finished_at >= started_at",
                task.id(),
                text(task)))
        .isEqualTo(1);
  }

  @Test
  void bareJsonOnATopicIsATask() throws Exception {
    byte[] json =
        "{\"to\":\"bare@example.com\",\"subject\":\"Bare\",\"text\":\"No headers\"}"
            .getBytes(UTF_8);

    RecordMetadata place = FLEET.publish(new ProducerRecord<>("taskfleet.email", null, json));

    UUID id =
        TaskIds.fromRecord(FLEET.topics.idOf("taskfleet.email"), place.partition(), place.offset());
    FLEET.awaitState(id, "succeeded");
    assertThat(STACK.mail().messages())
        .anySatisfy(mail -> assertThat(mail.subject()).isEqualTo("Bare"));
  }

  @Test
  void succeedsOnALaterAttempt() {
    Task task = FLEET.email("flaky@example.com");
    var refusals = new AtomicInteger(2);
    STACK
        .mail()
        .answer(
            to ->
                to.startsWith("flaky") && refusals.getAndDecrement() > 0
                    ? new SmtpReply(451, "4.3.0 later")
                    : SmtpReply.ACCEPTED);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(FLEET.count("select attempt from task where id = ?", task.id())).isEqualTo(3);
    assertThat(FLEET.mailsOf(task)).isEqualTo(1);
  }

  @Test
  void countsATaskOnceHoweverOftenItIsPublished() {
    Task task = FLEET.event("published.often");

    IntStream.range(0, 100).forEach(_ -> FLEET.publish(task));
    Task last = FLEET.event("published.last");
    FLEET.publish(last);

    FLEET.awaitState(last.id(), "succeeded");
    FLEET.awaitState(task.id(), "succeeded");
    FLEET.topics.awaitNoLag();
    FLEET.awaitFolded();
    assertThat(
            FLEET.count(
                "select count from analytics_bucket where name = 'published.often' and step ="
                    + " '1d'"))
        .isEqualTo(1);
    assertThat(FLEET.count("select count(*) from analytics_event where name = 'published.often'"))
        .isEqualTo(1);
  }

  @Test
  void sendsAMailOnceHoweverOftenItIsPublished() {
    Task task = FLEET.email("once@example.com");

    IntStream.range(0, 20).forEach(_ -> FLEET.publish(task));

    FLEET.awaitState(task.id(), "succeeded");
    FLEET.topics.awaitNoLag();
    assertThat(FLEET.mailsOf(task)).isEqualTo(1);
  }

  @Test
  void runsAScheduledTaskWhenItIsDueAndNotBefore() {
    Task first = FLEET.email("first@example.com");
    FLEET.publish(first);
    FLEET.awaitState(first.id(), "succeeded");
    // It has to be seen before it is due.
    Instant runAt = Instant.now().plusSeconds(3);
    Task task =
        TestTasks.withOptions(
            FLEET.email("later@example.com"), new Task.Options(null, null, runAt, null));

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "scheduled");
    FLEET.awaitState(task.id(), "succeeded");
    long late =
        FLEET.count(
                "select (extract(epoch from started_at) * 1000)::bigint from task where id = ?",
                task.id())
            - runAt.toEpochMilli();
    assertThat(late).as("ms after it was due").isBetween(0L, 1_500L);
  }

  @Test
  void recordsWhatHasExpiredWithoutRunningIt() {
    Task task =
        TestTasks.withOptions(
            FLEET.email("expired@example.com"),
            new Task.Options(null, null, null, Instant.now().minusSeconds(1)));

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "expired");
    assertThat(FLEET.mailsOf(task)).isZero();
  }

  @Test
  void keepsTheOrderOfAKey() {
    List<Task> tasks =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    TestTasks.withKey(
                        FLEET.task(
                            BuiltInTypes.EMAIL,
                            "{\"to\":\"order@example.com\",\"subject\":\"%d\",\"text\":\"t\"}"
                                .formatted(i),
                            Task.Options.NONE),
                        "order"))
            .toList();

    tasks.forEach(FLEET::publish);

    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    List<Integer> subjects =
        STACK.mail().messages().stream()
            .filter(mail -> mail.recipients().contains("order@example.com"))
            .map(mail -> Integer.valueOf(mail.subject()))
            .toList()
            .reversed();
    assertThat(subjects).isEqualTo(IntStream.range(0, 30).boxed().toList());
  }

  @Test
  void addsUpRollupsExactly() {
    List<Task> tasks = IntStream.range(0, 500).mapToObj(_ -> FLEET.event("exact")).toList();

    tasks.forEach(FLEET::publish);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                FLEET.count(
                        "select count(*) from task where state = 'succeeded' and payload ->> 'name'"
                            + " = 'exact'")
                    == 500);
    FLEET.awaitFolded();
    for (String step : List.of("1m", "1h", "1d")) {
      String of = " from analytics_bucket where name = 'exact' and step = ?";
      assertThat(FLEET.count("select sum(count)" + of, step)).isEqualTo(500);
      assertThat(FLEET.count("select sum(sum)::bigint" + of, step)).isEqualTo(1_250);
    }
  }

  private static TaskStatus cached(UUID id) {
    try (RedisClient client = RedisClient.create(STACK.redisUri());
        var connection = client.connect()) {
      await()
          .until(
              () -> {
                String json = connection.sync().get(RedisKeys.task(id));
                return json != null && json.contains("succeeded");
              });
      return StrictJson.mapper()
          .readValue(connection.sync().get(RedisKeys.task(id)), TaskStatus.class);
    }
  }

  private static String text(Task task) {
    return new String(task.payload(), UTF_8);
  }
}
