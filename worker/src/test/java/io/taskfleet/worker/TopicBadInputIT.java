package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.handler.TaskType;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of records that are no tasks, and of those beside them. */
class TopicBadInputIT {
  private static final Path CORPUS = Path.of("src/test/resources/bad-inputs/topic.jsonl");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** As compressed no more than a topic takes, and as it is more than a dead-letter topic does. */
  private static final byte[] HUGE = "a".repeat(6 << 20).getBytes(UTF_8);

  private static final LocalStack STACK = SharedLocalStack.get();
  private static final TestFleet FLEET =
      new TestFleet(STACK, SharedLocalStack.createDatabase("bad_records"));
  private static final KafkaProducer<byte[], byte[]> COMPRESSING =
      new KafkaProducer<>(
          Map.of(
              ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
              STACK.kafkaBootstrap(),
              ProducerConfig.COMPRESSION_TYPE_CONFIG,
              "lz4",
              ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
              4 * HUGE.length,
              ProducerConfig.BUFFER_MEMORY_CONFIG,
              4L * HUGE.length),
          new ByteArraySerializer(),
          new ByteArraySerializer());

  @BeforeAll
  static void startWorker() {
    FLEET.startWorker();
  }

  @AfterAll
  static void stop() {
    COMPRESSING.close();
    FLEET.close();
  }

  /** What was sent, where it is, and the reason why it must die; empty if it must not. */
  private record Sent(
      String name,
      TaskType<?> type,
      ProducerRecord<byte[], byte[]> record,
      RecordMetadata place,
      String reason) {
    boolean mustDie() {
      return !reason.isEmpty() && !reason.equals("EXPIRED");
    }
  }

  @Test
  void eachEndsForItsReasonByteForByteAndStallsNobody() throws Exception {
    List<Sent> all = new ArrayList<>();
    for (String line : Files.readAllLines(CORPUS)) {
      all.add(send(JsonMapper.shared().readTree(line.replace("{id}", UUID.randomUUID() + ""))));
    }
    List<Task> neighbours = IntStream.range(0, 30).mapToObj(_ -> FLEET.event("beside")).toList();
    FLEET.publishAll(neighbours);

    neighbours.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    FLEET.topics.awaitNoLag();
    all.forEach(each -> assertThat(reason(each.place)).as(each.name).isEqualTo(each.reason));
    Map<TaskType<?>, List<ConsumerRecord<byte[], byte[]>>> letters = letters(all);
    for (Sent each : all) {
      List<ConsumerRecord<byte[], byte[]>> its = from(letters.get(each.type), each.place);
      assertThat(its).as(each.name).hasSize(each.mustDie() ? 1 : 0);
      its.forEach(letter -> assertIsWhole(each, letter));
    }
    System.out.printf(
        "%d of %d bad records dead-lettered whole for their reason, %d of %d odd ones not%n",
        all.stream().filter(Sent::mustDie).count(),
        all.stream().filter(Sent::mustDie).count(),
        all.stream().filter(each -> !each.mustDie()).count(),
        all.stream().filter(each -> !each.mustDie()).count());
  }

  @Test
  void whoseDeadLetterWouldBeTooLargeHasASmallerOne() throws Exception {
    byte[] key = "k".getBytes(UTF_8);
    byte[] value = "no task".getBytes(UTF_8);
    Headers header = new RecordHeaders().add("h", HUGE);
    Headers forged = new RecordHeaders().add("taskfleet_dlt-reason", HUGE);
    Headers small = new RecordHeaders().add("h", key);
    RecordMetadata largeValue = compressed(key, HUGE, small);
    List<RecordMetadata> all =
        List.of(
            largeValue,
            compressed(HUGE, value, small),
            compressed(key, value, header),
            compressed(null, value, header),
            compressed(HUGE, HUGE, forged));
    Task neighbour = FLEET.event("beside.the.huge");
    FLEET.publish(neighbour);

    FLEET.awaitState(neighbour.id(), "succeeded");
    all.forEach(
        place ->
            await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(reason(place)).isEqualTo("LIMITS_EXCEEDED")));
    FLEET.topics.awaitNoLag();
    List<ConsumerRecord<byte[], byte[]>> letters = FLEET.topics.deadLetters(BuiltInTypes.ANALYTICS);
    for (RecordMetadata place : all) {
      assertThat(from(letters, place))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.value()).isNull();
                assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                    .isEqualTo("LIMITS_EXCEEDED");
              });
    }
    assertThat(from(letters, largeValue))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.key()).isEqualTo(key);
              assertThat(TestTopics.header(letter, "h")).isEqualTo("k");
            });
  }

  @Test
  void poisonOfOneInAHundredDelaysNobody() {
    List<Task> tasks = new ArrayList<>();
    List<Sent> poison = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      List<Task> some = IntStream.range(0, 99).mapToObj(_ -> FLEET.event("healthy")).toList();
      FLEET.publishAll(some);
      tasks.addAll(some);
      byte[] value = ("poison " + i).getBytes(UTF_8);
      ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("taskfleet.analytics", value);
      poison.add(
          new Sent("poison", BuiltInTypes.ANALYTICS, record, FLEET.publish(record), "MALFORMED"));
    }

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                FLEET.count(
                        "select count(*) from task where state = 'succeeded'"
                            + " and payload ->> 'name' = 'healthy'")
                    == tasks.size());
    FLEET.topics.awaitNoLag();
    List<ConsumerRecord<byte[], byte[]>> letters = FLEET.topics.deadLetters(BuiltInTypes.ANALYTICS);
    for (Sent each : poison) {
      assertThat(from(letters, each.place))
          .singleElement()
          .satisfies(letter -> assertIsWhole(each, letter));
    }
    long slowest =
        FLEET.count(
            "select max(extract(epoch from finished_at - created_at) * 1000)::bigint from task"
                + " where payload ->> 'name' = 'healthy'");
    System.out.printf(
        "%d of %d poison records dead-lettered once, %d of %d others done, the slowest after %d"
            + " ms%n",
        poison.size(), poison.size(), tasks.size(), tasks.size(), slowest);
    assertThat(slowest).as("ms").isLessThan(Duration.ofSeconds(10).toMillis());
  }

  private static RecordMetadata compressed(byte @Nullable [] key, byte[] value, Headers headers)
      throws Exception {
    return COMPRESSING
        .send(new ProducerRecord<>("taskfleet.analytics", null, null, key, value, headers))
        .get();
  }

  private static Sent send(JsonNode data) throws Exception {
    TaskType<?> type = BuiltInTypes.named(data.path("type").asString("analytics")).orElseThrow();
    Headers headers = new RecordHeaders();
    data.path("headers")
        .properties()
        .forEach(each -> headers.add(each.getKey(), each.getValue().asString().getBytes(UTF_8)));
    IntStream.range(0, data.path("header_count").asInt(0))
        .forEach(i -> headers.add("h" + i, new byte[0]));
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            Topics.of(type.name(), Priority.NORMAL),
            null,
            data.has("timestamp") ? data.get("timestamp").asLong() : null,
            data.path("key").asString(data.get("name").asString()).getBytes(UTF_8),
            value(data),
            headers);
    return new Sent(
        data.get("name").asString(),
        type,
        record,
        COMPRESSING.send(record).get(),
        data.get("expect").asString());
  }

  private static byte @Nullable [] value(JsonNode data) {
    if (data.has("base64")) {
      return Base64.getDecoder().decode(data.get("base64").asString());
    }
    String end = data.at("/repeat/text").asString("").repeat(data.at("/repeat/times").asInt(0));
    return data.has("value") ? (data.get("value").asString() + end).getBytes(UTF_8) : null;
  }

  /** Why the task of this record is not done; empty if it is. */
  private static String reason(RecordMetadata place) {
    return FLEET
        .database
        .sql(
            "select coalesce(error_code, '') from task"
                + " where source_topic = ? and source_partition = ? and source_offset = ?")
        .params(place.topic(), place.partition(), place.offset())
        .query(String.class)
        .optional()
        .orElse("not there");
  }

  private static Map<TaskType<?>, List<ConsumerRecord<byte[], byte[]>>> letters(List<Sent> all) {
    Map<TaskType<?>, List<ConsumerRecord<byte[], byte[]>>> letters = new HashMap<>();
    all.forEach(each -> letters.computeIfAbsent(each.type, FLEET.topics::deadLetters));
    return letters;
  }

  private static List<ConsumerRecord<byte[], byte[]>> from(
      @Nullable List<ConsumerRecord<byte[], byte[]>> letters, RecordMetadata place) {
    return letters == null
        ? List.of()
        : letters.stream().filter(letter -> TestTopics.isFrom(letter, place)).toList();
  }

  private static void assertIsWhole(Sent sent, ConsumerRecord<byte[], byte[]> letter) {
    assertThat(letter.key()).as(sent.name).isEqualTo(sent.record.key());
    assertThat(letter.value()).as(sent.name).isEqualTo(sent.record.value());
    Header[] before = sent.record.headers().toArray();
    assertThat(Arrays.copyOf(letter.headers().toArray(), before.length))
        .as(sent.name)
        .isEqualTo(before);
    assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
        .as(sent.name)
        .isEqualTo(sent.reason);
  }
}
