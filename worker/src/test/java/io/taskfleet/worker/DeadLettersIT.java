package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What ends as a dead letter, with the reason and byte for byte, and in nobody's way. */
class DeadLettersIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final TestFleet FLEET =
      new TestFleet(STACK, SharedLocalStack.createDatabase("letters"));

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
    return FLEET.topics.deadLetters(BuiltInTypes.EMAIL).stream()
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
                assertThat(FLEET.topics.deadLettersOf(BuiltInTypes.EMAIL, task.id()))
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
                assertThat(FLEET.topics.deadLettersOf(BuiltInTypes.EMAIL, task.id()))
                    .singleElement()
                    .satisfies(
                        letter ->
                            assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                                .isEqualTo("RETRIES_EXHAUSTED")));
  }

  @Test
  void refusesAnotherPayloadUnderAKnownId() {
    for (Task first : List.of(FLEET.email("first@example.com"), FLEET.event("first"))) {
      Task impostor =
          TestTasks.withPayload(
              first, new String(first.payload(), UTF_8).replace("first", "other"));
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
  void refusesAnotherPayloadUnderTheIdOfATaskThatWaits() {
    Task first =
        TestTasks.withOptions(
            FLEET.email("waits@example.com"),
            new Task.Options(null, null, Instant.now().plusSeconds(3_600), null));
    FLEET.publish(first);
    FLEET.awaitState(first.id(), "scheduled");
    Task impostor =
        TestTasks.withDelivery(
            TestTasks.withOptions(
                TestTasks.withPayload(first, text(FLEET.email("impostor@example.com"))),
                Task.Options.NONE),
            2);

    RecordMetadata place = FLEET.publish(impostor);

    FLEET.awaitState(
        TaskIds.fromRecord(FLEET.topics.idOf(place.topic()), place.partition(), place.offset()),
        "dead");
    assertThat(FLEET.mailsOf(impostor)).isZero();
    assertThat(FLEET.state(first.id())).isEqualTo("scheduled");
  }

  @Test
  void whatPostgresWouldNotStoreStallsNobody() {
    Instant later = Instant.now().plusSeconds(3_600);
    Task.Options scheduled = new Task.Options(null, null, later, null);
    Task.Options expired = new Task.Options(null, null, null, Instant.EPOCH);
    List<Task> bad =
        List.of(
            TestTasks.withPayload(
                TestTasks.withOptions(FLEET.event("deep"), scheduled), "[".repeat(20_000)),
            TestTasks.withPayload(
                TestTasks.withOptions(FLEET.event("deep"), expired), "[".repeat(20_000)),
            TestTasks.withPayload(
                TestTasks.withOptions(FLEET.event("nul"), scheduled), "{\"name\":\"\\u0000\"}"));
    Task neighbour = FLEET.event("neighbour.of.the.unstorable");

    bad.forEach(FLEET::publish);
    FLEET.publish(neighbour);

    bad.forEach(task -> FLEET.awaitState(task.id(), "dead"));
    FLEET.awaitState(neighbour.id(), "succeeded");
    FLEET.topics.awaitNoLag();
  }

  private static String text(Task task) {
    return new String(task.payload(), UTF_8);
  }
}
