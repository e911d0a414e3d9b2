package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskCodecTest {
  private static final String TOPIC_ID = "kT8cJ8kRTnG1ApIJ5Yk2Gw";
  private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
  private static final byte[] PAYLOAD = "{\"name\":\"a\"}".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatItWrites(long seed) {
    Task task = randomTask(new Random(seed));

    Decoded decoded = TaskCodec.decode(arrived(TaskCodec.encode(task)), task.type(), TOPIC_ID);

    assertThat(decoded)
        .as("seed %d", seed)
        .usingRecursiveComparison()
        .isEqualTo(new Decoded.Accepted(task));
  }

  @Test
  void writesACloudEventThatTheSdkReads() {
    Task task = randomTask(new Random(1));
    ProducerRecord<byte[], byte[]> record = TaskCodec.encode(task);

    CloudEvent event = KafkaMessageFactory.createReader(record.headers(), record.value()).toEvent();

    assertThat(event.getId()).isEqualTo(task.id().toString());
    assertThat(event.getType()).isEqualTo("io.taskfleet." + task.type() + ".v1");
    assertThat(event.getTime()).isEqualTo(task.createdAt().atOffset(ZoneOffset.UTC));
    assertThat(event.getData())
        .isNotNull()
        .satisfies(data -> assertThat(data.toBytes()).isEqualTo(task.payload()));
  }

  @Test
  void readsACloudEventThatTheSdkWrites() {
    CloudEvent event =
        CloudEventBuilder.v1()
            .withId(ID.toString())
            .withType("io.taskfleet.analytics.v1")
            .withSource(URI.create("/shop"))
            .withTime(Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.ofHours(2)))
            .withData("application/json", PAYLOAD)
            .build();
    ProducerRecord<String, byte[]> record =
        KafkaMessageFactory.<String>createWriter("taskfleet.analytics", "key").writeBinary(event);

    Task task = accepted(record("taskfleet.analytics", record.headers(), record.value()));

    assertThat(task.id()).isEqualTo(ID);
    assertThat(task.payload()).isEqualTo(PAYLOAD);
    assertThat(task.createdAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  void readsStructuredMode() {
    String event =
        """
        {"specversion":"1.0","id":"%s","type":"io.taskfleet.analytics.v1","source":"/shop",
         "tenant":"acme","data":{"name":"a"}}"""
            .formatted(ID);
    Headers headers =
        new RecordHeaders()
            .add("content-type", "application/cloudevents+json; charset=utf-8".getBytes(UTF_8));

    Task task = accepted(record("taskfleet.analytics.high", headers, event.getBytes(UTF_8)));

    assertThat(task.id()).isEqualTo(ID);
    assertThat(task.tenant()).isEqualTo("acme");
    assertThat(task.priority()).isEqualTo(Priority.HIGH);
    assertThat(task.payload()).isEqualTo(PAYLOAD);
  }

  @ParameterizedTest
  @CsvSource({"true, ", "false, ID_MISMATCH"})
  void headersOfAStructuredEventNameNoOtherId(boolean isSame, @Nullable ReasonCode reason) {
    String event =
        """
        {"specversion":"1.0","id":"%s","type":"io.taskfleet.analytics.v1","source":"/shop",
         "data":{"name":"a"}}"""
            .formatted(ID);
    UUID inHeader = isSame ? ID : UUID.randomUUID();
    Headers headers =
        new RecordHeaders()
            .add("content-type", "application/cloudevents+json".getBytes(UTF_8))
            .add("ce_id", inHeader.toString().getBytes(UTF_8));

    Decoded decoded =
        TaskCodec.decode(
            record("taskfleet.analytics", headers, event.getBytes(UTF_8)), "analytics", TOPIC_ID);

    assertThat(decoded instanceof Decoded.Refused refused ? refused.reason() : null)
        .isEqualTo(reason);
  }

  @Test
  void bareJsonIsATaskNamedByItsPlace() {
    Task task = accepted(record("taskfleet.analytics", new RecordHeaders(), PAYLOAD));

    assertThat(task.id()).isEqualTo(TaskIds.fromRecord(TOPIC_ID, 3, 42));
    assertThat(task.tenant()).isEqualTo(Task.DEFAULT_TENANT);
    assertThat(task.delivery()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "ce_specversion, 0.3, UNSUPPORTED_VERSION",
    "ce_specversion, , MALFORMED",
    "ce_source, , MALFORMED",
    "ce_id, , INVALID_ID",
    "ce_id, 42, INVALID_ID",
    "ce_id, 01890A5D-AC96-774B-BCCE-B302099A8057, INVALID_ID",
    "ce_type, , UNKNOWN_TYPE",
    "ce_type, com.example.thing, UNKNOWN_TYPE",
    "ce_type, io.taskfleet.email.v1, WRONG_TOPIC",
    "ce_type, io.taskfleet.analytics.v2, UNSUPPORTED_VERSION",
    "ce_time, yesterday, MALFORMED",
    "ce_time, 1066-10-14T09:00:00Z, MALFORMED",
    "ce_time, +300000-01-01T00:00:00Z, MALFORMED",
    "ce_expirytime, +10000-01-01T00:00:00Z, MALFORMED",
    "ce_delivery, 2147483647, VALIDATION_FAILED",
    "ce_timeout, PT0.0005S, VALIDATION_FAILED",
    "ce_tenant, ../etc, VALIDATION_FAILED",
    "ce_delivery, 0, VALIDATION_FAILED",
    "ce_delivery, many, MALFORMED",
    "ce_maxattempts, -1, VALIDATION_FAILED",
    "ce_timeout, PT0S, VALIDATION_FAILED",
    "ce_timeout, PT9223372036854775807S, VALIDATION_FAILED",
    "ce_timeout, PT-9223372036854775807S, VALIDATION_FAILED",
    "ce_batchid, 7, INVALID_ID",
    "ce_timeout, soon, MALFORMED"
  })
  void refusesABrokenHeaderWithItsReason(String name, @Nullable String value, ReasonCode reason) {
    Headers headers = TaskCodec.encode(randomTask(new Random(1))).headers();
    headers.remove("ce_type").add("ce_type", "io.taskfleet.analytics.v1".getBytes(UTF_8));
    headers.remove(name);
    if (value != null) {
      headers.add(name, value.getBytes(UTF_8));
    }

    Decoded.Refused refused = refused(record("taskfleet.analytics", headers, PAYLOAD));

    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.id()).isEqualTo(TaskIds.fromRecord(TOPIC_ID, 3, 42));
  }

  @Test
  void refusesNothingAndTooMuch() {
    Headers many = new RecordHeaders();
    for (int i = 0; i < 1_000; i++) {
      many.add("h" + i, new byte[0]);
    }
    byte[] oversized = new byte[(1 << 20) + 1];
    Headers large = new RecordHeaders().add("h", new byte[100_000]);

    assertThat(refused(record("taskfleet.analytics", new RecordHeaders(), null)).reason())
        .isEqualTo(ReasonCode.EMPTY_VALUE);
    assertThat(refused(record("taskfleet.analytics", new RecordHeaders(), new byte[0])).reason())
        .isEqualTo(ReasonCode.EMPTY_VALUE);
    assertThat(refused(record("taskfleet.analytics", new RecordHeaders(), oversized)).reason())
        .isEqualTo(ReasonCode.LIMITS_EXCEEDED);
    assertThat(refused(record("taskfleet.analytics", many, PAYLOAD)).reason())
        .isEqualTo(ReasonCode.LIMITS_EXCEEDED);
    assertThat(refused(record("taskfleet.analytics", large, PAYLOAD)).reason())
        .isEqualTo(ReasonCode.LIMITS_EXCEEDED);
  }

  @Test
  void leavesOutATraceContextThatIsNone() {
    Headers headers = new RecordHeaders().add("traceparent", "\0forged".getBytes(UTF_8));

    assertThat(accepted(record("taskfleet.analytics", headers, PAYLOAD)).traceparent()).isNull();
  }

  private static Task randomTask(Random random) {
    TaskType<?> type = BuiltInTypes.all().get(random.nextInt(BuiltInTypes.all().size()));
    boolean plain = random.nextBoolean();
    Instant now =
        Instant.ofEpochSecond(
            1_790_000_000L + random.nextInt(1_000_000), random.nextInt(1_000_000_000));
    return new Task(
        new UUID(random.nextLong(), random.nextLong()),
        random.nextBoolean() ? Task.DEFAULT_TENANT : "acme",
        type.name(),
        List.of(Priority.values()).get(random.nextInt(3)),
        "key-ü-" + random.nextInt(),
        PAYLOAD,
        now,
        plain
            ? Task.Options.NONE
            : new Task.Options(
                1 + random.nextInt(9),
                Duration.ofMillis(1 + random.nextInt(100_000)),
                now.plusSeconds(5),
                now.plusSeconds(random.nextInt(1_000)),
                random.nextBoolean() ? null : Tags.of(List.of("invoice:" + random.nextInt(9), "b")),
                random.nextBoolean() ? null : "https://example.com/ended?n=" + random.nextInt()),
        plain ? null : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        plain ? null : new UUID(random.nextLong(), random.nextLong()),
        1 + random.nextInt(5));
  }

  private static Task accepted(ConsumerRecord<byte[], byte @Nullable []> record) {
    Decoded decoded = TaskCodec.decode(record, "analytics", TOPIC_ID);
    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    return ((Decoded.Accepted) decoded).task();
  }

  private static Decoded.Refused refused(ConsumerRecord<byte[], byte @Nullable []> record) {
    Decoded decoded = TaskCodec.decode(record, "analytics", TOPIC_ID);
    assertThat(decoded).isInstanceOf(Decoded.Refused.class);
    return (Decoded.Refused) decoded;
  }

  private static ConsumerRecord<byte[], byte @Nullable []> arrived(
      ProducerRecord<byte[], byte[]> sent) {
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        0,
        1_790_000_000_000L,
        TimestampType.CREATE_TIME,
        sent.key().length,
        sent.value().length,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  private static ConsumerRecord<byte[], byte @Nullable []> record(
      String topic, Headers headers, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        topic,
        3,
        42,
        1_790_000_000_000L,
        TimestampType.CREATE_TIME,
        1,
        1,
        "k".getBytes(UTF_8),
        value,
        headers,
        Optional.empty());
  }
}
