package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Tasks as Kafka records. Written as CloudEvents 1.0 in binary mode; read in binary mode, in
 * structured mode, and as bare JSON without headers (CloudEvents Kafka protocol binding §3).
 */
public final class TaskCodec {
  private static final byte[] JSON = "application/json".getBytes(UTF_8);
  private static final byte[] SPEC_1 = "1.0".getBytes(UTF_8);
  private static final byte[] GATEWAY = "/taskfleet".getBytes(UTF_8);
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int MAX_VALUE_BYTES = 1 << 20;
  private static final int MAX_KEY_BYTES = 8 << 10;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private TaskCodec() {}

  /** The record that carries the task to its type's and priority's topic. */
  public static ProducerRecord<byte[], byte[]> encode(Task task) {
    Headers headers = new RecordHeaders();
    headers.add(TaskHeaders.CONTENT_TYPE, JSON);
    headers.add(TaskHeaders.SPEC_VERSION, SPEC_1);
    put(headers, TaskHeaders.ID, task.id().toString());
    put(headers, TaskHeaders.TYPE, eventType(task.type()));
    headers.add(TaskHeaders.SOURCE, GATEWAY);
    headers.add(TaskHeaders.TIME, Rfc3339.format(task.createdAt()));
    putIfPresent(headers, TaskHeaders.EXPIRY_TIME, task.options().expiresAt());
    putIfPresent(headers, TaskHeaders.RUN_AT, task.options().runAt());
    putIfPresent(headers, TaskHeaders.MAX_ATTEMPTS, task.options().maxAttempts());
    putIfPresent(headers, TaskHeaders.TIMEOUT, task.options().timeout());
    Tags tags = task.options().tags();
    if (tags != null) {
      put(headers, TaskHeaders.TAGS, tags.text());
    }
    putIfPresent(headers, TaskHeaders.CALLBACK_URL, task.options().callbackUrl());
    putIfPresent(headers, TaskHeaders.TRACEPARENT, task.traceparent());
    putIfPresent(headers, TaskHeaders.BATCH_ID, task.batchId());
    if (!task.tenant().equals(Task.DEFAULT_TENANT)) {
      put(headers, TaskHeaders.TENANT, task.tenant());
    }
    if (task.delivery() > 1) {
      put(headers, TaskHeaders.DELIVERY, Integer.toString(task.delivery()));
    }
    return new ProducerRecord<>(
        Topics.of(task.type(), task.priority()),
        null,
        null,
        task.key().getBytes(UTF_8),
        task.payload(),
        headers);
  }

  /** The CloudEvents type of a task of this type. */
  public static String eventType(String type) {
    return "io.taskfleet." + type + ".v1";
  }

  /**
   * The task that a record carries. Looks at a payload only where its envelope is part of the
   * value.
   *
   * @param type the type whose topics are being read
   * @param topicId Kafka's id of the record's topic
   */
  public static Decoded decode(
      ConsumerRecord<byte[], byte @Nullable []> record, String type, String topicId) {
    try {
      requireLimits(record.headers());
      byte[] value = record.value();
      if (value == null || value.length == 0) {
        throw new RefusedJsonException("", ReasonCode.EMPTY_VALUE, "the record has no value");
      }
      if (value.length > MAX_VALUE_BYTES) {
        throw new RefusedJsonException("", ReasonCode.LIMITS_EXCEEDED, "larger than 1 MiB");
      }
      Priority priority = Topics.priority(record.topic());
      String contentType = text(record.headers(), TaskHeaders.CONTENT_TYPE);
      if (contentType != null && contentType.startsWith(StructuredEvent.CONTENT_TYPE)) {
        StructuredEvent event = StructuredEvent.parse(value);
        requireSameId(text(record.headers(), TaskHeaders.ID), event.attributes());
        return accepted(event.attributes(), event.data(), record, type, priority, topicId);
      }
      return accepted(attributes(record.headers()), value, record, type, priority, topicId);
    } catch (RefusedJsonException e) {
      return new Decoded.Refused(idOf(record, topicId), e.reason(), e.detail());
    }
  }

  /** A stand-in for the task that a record should have carried: only its place and a name. */
  public static Task nameless(
      ConsumerRecord<byte[], byte @Nullable []> record, String type, UUID id) {
    return new Task(
        id,
        Task.DEFAULT_TENANT,
        type,
        Topics.priority(record.topic()),
        id.toString(),
        new byte[0],
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        Task.Options.NONE,
        null,
        null,
        1);
  }

  private static Decoded accepted(
      Map<String, String> attributes,
      byte[] payload,
      ConsumerRecord<byte[], byte @Nullable []> record,
      String type,
      Priority priority,
      String topicId)
      throws RefusedJsonException {
    if (payload.length > MAX_VALUE_BYTES) {
      throw new RefusedJsonException("", ReasonCode.LIMITS_EXCEEDED, "larger than 1 MiB");
    }
    EventAttributes event = new EventAttributes(attributes);
    UUID id = event.id(type).orElseGet(() -> idOf(record, topicId));
    String tenant = event.tenant();
    Instant createdAt = event.createdAt(Instant.ofEpochMilli(Math.max(0, record.timestamp())));
    return new Decoded.Accepted(
        new Task(
            id,
            tenant,
            type,
            priority,
            key(record.key(), id),
            payload,
            createdAt,
            event.options(),
            traceparent(record.headers()),
            event.batchId(),
            event.delivery()));
  }

  /** Whoever looks at the headers alone, as filters and consoles do, must not see another task. */
  private static void requireSameId(@Nullable String inHeaders, Map<String, String> inEvent)
      throws RefusedJsonException {
    if (inHeaders != null && !inHeaders.equals(inEvent.get(TaskHeaders.ID))) {
      throw new RefusedJsonException(
          "/id", ReasonCode.ID_MISMATCH, "the header and the event name different ids");
    }
  }

  private static UUID idOf(ConsumerRecord<?, ?> record, String topicId) {
    return TaskIds.fromRecord(topicId, record.partition(), record.offset());
  }

  private static String key(byte @Nullable [] key, UUID id) throws RefusedJsonException {
    if (key != null && key.length > MAX_KEY_BYTES) {
      throw new RefusedJsonException("", ReasonCode.LIMITS_EXCEEDED, "the key exceeds 8 KiB");
    }
    String text = key == null || key.length == 0 ? id.toString() : new String(key, UTF_8);
    if (text.indexOf('\0') >= 0) {
      throw new RefusedJsonException("", ReasonCode.FORBIDDEN_CHARACTER, "the key holds NUL");
    }
    return text;
  }

  /** A trace context that is none is left out, as W3C Trace Context §2.3 asks. */
  private static @Nullable String traceparent(Headers headers) {
    String text = text(headers, TaskHeaders.TRACEPARENT);
    return text != null && TRACEPARENT.matcher(text).matches() ? text : null;
  }

  private static void requireLimits(Headers headers) throws RefusedJsonException {
    int count = 0;
    int bytes = 0;
    for (Header header : headers) {
      count++;
      bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    if (count > MAX_HEADERS || bytes > MAX_HEADER_BYTES) {
      throw new RefusedJsonException(
          "", ReasonCode.LIMITS_EXCEEDED, "too many or too large headers");
    }
  }

  private static Map<String, String> attributes(Headers headers) {
    Map<String, String> attributes = HashMap.newHashMap(12);
    for (Header header : headers) {
      if (header.key().startsWith("ce_") && header.value() != null) {
        attributes.put(header.key(), new String(header.value(), UTF_8));
      }
    }
    return attributes;
  }

  private static @Nullable String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
  }

  private static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  private static void putIfPresent(Headers headers, String name, @Nullable Object value) {
    if (value != null) {
      put(headers, name, value.toString());
    }
  }
}
