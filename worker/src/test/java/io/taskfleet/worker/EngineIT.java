package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.ReceivedMail;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.task.TaskType;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
        .containsOnlyOnceElementsOf(tasks.stream().map(EngineIT::messageId).toList());
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
  void deadLettersWhatIsNoTaskByteForByteAndDelaysNobody() {
    Map<String, byte[]> poison =
        Map.of(
            "MALFORMED", "not json".getBytes(UTF_8),
            "VALIDATION_FAILED",
                "{\"to\":\"nobody\",\"subject\":\"s\",\"text\":\"t\"}".getBytes(UTF_8),
            "HEADER_INJECTION",
                "{\"to\":\"a@example.com\",\"subject\":\"s\\r\\nBcc: b@example.com\",\"text\":\"t\"}"
                    .getBytes(UTF_8),
            "FORBIDDEN_CHARACTER", new byte[] {'{', (byte) 0xff, '}'},
            "EMPTY_VALUE", new byte[0]);
    List<RecordMetadata> places = new ArrayList<>();
    poison
        .values()
        .forEach(
            value ->
                places.add(
                    FLEET.publish(
                        new ProducerRecord<>("taskfleet.email", "k".getBytes(UTF_8), value))));
    Task neighbour = FLEET.email("neighbour@example.com");

    FLEET.publish(neighbour);

    FLEET.awaitState(neighbour.id(), "succeeded");
    poison.forEach(
        (reason, value) ->
            await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                    () ->
                        assertThat(lettersFrom(places))
                            .filteredOn(
                                letter ->
                                    TestTopics.header(letter, "taskfleet_dlt-reason")
                                        .equals(reason))
                            .singleElement()
                            .satisfies(letter -> assertThat(letter.value()).isEqualTo(value))));
    assertThat(
            FLEET.count(
                "select count(*) from task where state = 'dead' and source_topic = 'taskfleet.email' and error_code = 'MALFORMED'"))
        .isPositive();
  }

  private static List<ConsumerRecord<byte[], byte[]>> lettersFrom(List<RecordMetadata> places) {
    return FLEET.topics.deadLetters(TaskType.EMAIL).stream()
        .filter(letter -> places.stream().anyMatch(place -> TestTopics.isFrom(letter, place)))
        .toList();
  }

  @Test
  void deadLettersAtOnceWhatTheServerRefusesForGood() {
    Task task = FLEET.email("refused@example.com");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(FLEET.topics.deadLettersOf(TaskType.EMAIL, task.id()))
                    .singleElement()
                    .satisfies(
                        letter -> {
                          assertThat(letter.value()).isEqualTo(task.payload());
                          assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                              .isEqualTo("REJECTED");
                          assertThat(TestTopics.header(letter, "taskfleet_dlt-attempts"))
                              .isEqualTo("1");
                        }));
  }

  @Test
  void retriesWithBackoffAndDeadLettersAfterTheLastAttempt() {
    Task task = FLEET.email("busy@example.com");
    STACK
        .mail()
        .answer(
            to -> to.startsWith("busy") ? new SmtpReply(450, "4.2.1 busy") : SmtpReply.ACCEPTED);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    assertThat(FLEET.count("select count(*) from task_attempt where task_id = ?", task.id()))
        .isEqualTo(3);
    assertThat(FLEET.count("select attempt from task where id = ?", task.id())).isEqualTo(3);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(FLEET.topics.deadLettersOf(TaskType.EMAIL, task.id()))
                    .singleElement()
                    .satisfies(
                        letter ->
                            assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                                .isEqualTo("RETRIES_EXHAUSTED")));
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
    assertThat(mailsOf(task)).isEqualTo(1);
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
    assertThat(FLEET.count("select count from analytics_rollup where name = 'published.often'"))
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
    assertThat(mailsOf(task)).isEqualTo(1);
  }

  @Test
  void refusesAnotherPayloadUnderAKnownId() {
    for (Task first : List.of(FLEET.email("first@example.com"), FLEET.event("first"))) {
      Task impostor =
          withPayload(first, new String(first.payload(), UTF_8).replace("first", "other"));
      FLEET.publish(first);
      FLEET.awaitState(first.id(), "succeeded");

      RecordMetadata place = FLEET.publish(impostor);

      UUID id =
          TaskIds.fromRecord(FLEET.topics.idOf(place.topic()), place.partition(), place.offset());
      FLEET.awaitState(id, "dead");
      assertThat(FLEET.state(first.id())).isEqualTo("succeeded");
      assertThat(
              FLEET.count(
                  "select count(*) from task where id = ? and error_code = 'IDEMPOTENCY_CONFLICT'",
                  id))
          .isEqualTo(1);
    }
  }

  @Test
  void runsAScheduledTaskWhenItIsDueAndNotBefore() {
    Instant runAt = Instant.now().plusSeconds(2);
    Task task =
        withOptions(FLEET.email("later@example.com"), new Task.Options(null, null, runAt, null));

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
  void whatPostgresWouldNotStoreStallsNobody() {
    Instant later = Instant.now().plusSeconds(3_600);
    Task.Options scheduled = new Task.Options(null, null, later, null);
    Task.Options expired = new Task.Options(null, null, null, Instant.EPOCH);
    List<Task> bad =
        List.of(
            withPayload(withOptions(FLEET.event("deep"), scheduled), "[".repeat(20_000)),
            withPayload(withOptions(FLEET.event("deep"), expired), "[".repeat(20_000)),
            withPayload(withOptions(FLEET.event("nul"), scheduled), "{\"name\":\"\\u0000\"}"));
    Task neighbour = FLEET.event("neighbour.of.the.unstorable");

    bad.forEach(FLEET::publish);
    FLEET.publish(neighbour);

    bad.forEach(task -> FLEET.awaitState(task.id(), "dead"));
    FLEET.awaitState(neighbour.id(), "succeeded");
    FLEET.topics.awaitNoLag();
  }

  @Test
  void refusesAnotherPayloadUnderTheIdOfATaskThatWaits() {
    Task first =
        withOptions(
            FLEET.email("waits@example.com"),
            new Task.Options(null, null, Instant.now().plusSeconds(3_600), null));
    FLEET.publish(first);
    FLEET.awaitState(first.id(), "scheduled");
    Task impostor =
        new Task(
            first.id(),
            first.tenant(),
            first.type(),
            first.priority(),
            first.key(),
            FLEET.email("impostor@example.com").payload(),
            first.createdAt(),
            Task.Options.NONE,
            null,
            null,
            2);

    RecordMetadata place = FLEET.publish(impostor);

    FLEET.awaitState(
        TaskIds.fromRecord(FLEET.topics.idOf(place.topic()), place.partition(), place.offset()),
        "dead");
    assertThat(mailsOf(impostor)).isZero();
    assertThat(FLEET.state(first.id())).isEqualTo("scheduled");
  }

  @Test
  void recordsWhatHasExpiredWithoutRunningIt() {
    Task task =
        withOptions(
            FLEET.email("expired@example.com"),
            new Task.Options(null, null, null, Instant.now().minusSeconds(1)));

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "expired");
    assertThat(mailsOf(task)).isZero();
  }

  @Test
  void keepsTheOrderOfAKey() {
    List<Task> tasks =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    withKey(
                        FLEET.task(
                            TaskType.EMAIL,
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
                        "select count(*) from task where state = 'succeeded' and payload ->> 'name' = 'exact'")
                    == 500);
    assertThat(FLEET.count("select sum(count) from analytics_rollup where name = 'exact'"))
        .isEqualTo(500);
    assertThat(FLEET.count("select sum(sum)::bigint from analytics_rollup where name = 'exact'"))
        .isEqualTo(1_250);
  }

  private static long mailsOf(Task task) {
    return STACK.mail().messages().stream()
        .filter(mail -> mail.messageId().equals(messageId(task)))
        .count();
  }

  private static String messageId(Task task) {
    return task.id() + "@example.com";
  }

  private static TaskStatus cached(UUID id) {
    try (RedisClient client = RedisClient.create(STACK.redisUri());
        var connection = client.connect()) {
      await()
          .atMost(Duration.ofSeconds(5))
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

  private static Task withPayload(Task task, String json) {
    return new Task(
        task.id(),
        task.tenant(),
        task.type(),
        task.priority(),
        task.key(),
        json.getBytes(UTF_8),
        task.createdAt(),
        task.options(),
        null,
        null,
        1);
  }

  private static Task withOptions(Task task, Task.Options options) {
    return new Task(
        task.id(),
        task.tenant(),
        task.type(),
        task.priority(),
        task.key(),
        task.payload(),
        task.createdAt(),
        options,
        null,
        null,
        1);
  }

  private static Task withKey(Task task, String key) {
    return new Task(
        task.id(),
        task.tenant(),
        task.type(),
        task.priority(),
        key,
        task.payload(),
        task.createdAt(),
        task.options(),
        null,
        null,
        1);
  }
}
