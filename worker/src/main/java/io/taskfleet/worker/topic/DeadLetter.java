package io.taskfleet.worker.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The record of a dead task: key, value and headers as they came, and why it died. Places are
 * encoded as spring-kafka's own recoverer encodes them, so that its tools read them.
 */
public final class DeadLetter {
  /** What this fleet adds; of each the last one is its own. */
  private static final List<String> OWN =
      List.of(
          TaskHeaders.DLT_ORIGINAL_TOPIC,
          TaskHeaders.DLT_ORIGINAL_PARTITION,
          TaskHeaders.DLT_ORIGINAL_OFFSET,
          TaskHeaders.DLT_ORIGINAL_TIMESTAMP,
          TaskHeaders.DLT_TASK_ID,
          TaskHeaders.DLT_ATTEMPTS,
          TaskHeaders.DLT_LAST_FAILURE,
          TaskHeaders.DLT_FIRST_FAILURE,
          TaskHeaders.DLT_REASON,
          TaskHeaders.DLT_DETAIL,
          TaskHeaders.DLT_ERROR_CLASS);

  private DeadLetter() {}

  /**
   * The record to be sent.
   *
   * @param record as it came
   * @param dead how its task ended
   * @param firstFailedAt when an attempt first failed, if one did
   */
  public static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte @Nullable []> record,
      TaskStatus dead,
      @Nullable Instant firstFailedAt) {
    Instant endedAt = requireNonNull(dead.finishedAt());
    Headers headers = new RecordHeaders(record.headers());
    put(headers, TaskHeaders.DLT_ORIGINAL_TOPIC, record.topic());
    headers.add(TaskHeaders.DLT_ORIGINAL_PARTITION, number(record.partition()));
    headers.add(TaskHeaders.DLT_ORIGINAL_OFFSET, number(record.offset()));
    headers.add(TaskHeaders.DLT_ORIGINAL_TIMESTAMP, number(record.timestamp()));
    put(headers, TaskHeaders.DLT_TASK_ID, dead.id().toString());
    put(headers, TaskHeaders.DLT_ATTEMPTS, Integer.toString(dead.attempt()));
    put(headers, TaskHeaders.DLT_LAST_FAILURE, endedAt.toString());
    put(
        headers,
        TaskHeaders.DLT_FIRST_FAILURE,
        (firstFailedAt == null ? endedAt : firstFailedAt).toString());
    TaskError error = dead.error();
    if (error != null) {
      put(headers, TaskHeaders.DLT_REASON, error.code());
      put(headers, TaskHeaders.DLT_DETAIL, error.detail());
      put(headers, TaskHeaders.DLT_ERROR_CLASS, String.valueOf(error.errorClass()));
    }
    return new ProducerRecord<>(
        Topics.deadLetter(dead.type()), null, null, record.key(), record.value(), headers);
  }

  /**
   * What is left of a record that is larger than its topic takes: all but the value, then only what
   * the fleet itself says of it. Null if that is what it is.
   */
  static @Nullable ProducerRecord<byte[], byte[]> smaller(ProducerRecord<byte[], byte[]> record) {
    if (record.value() != null) {
      return new ProducerRecord<>(record.topic(), null, null, record.key(), null, record.headers());
    }
    Headers own = new RecordHeaders();
    OWN.stream().map(record.headers()::lastHeader).filter(Objects::nonNull).forEach(own::add);
    return record.key() == null && own.equals(record.headers())
        ? null
        : new ProducerRecord<>(record.topic(), null, null, null, null, own);
  }

  private static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
