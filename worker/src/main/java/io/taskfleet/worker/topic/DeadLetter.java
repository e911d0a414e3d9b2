package io.taskfleet.worker.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
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

  static ProducerRecord<byte[], byte[]> withoutValue(ProducerRecord<byte[], byte[]> letter) {
    return new ProducerRecord<>(letter.topic(), null, null, letter.key(), null, letter.headers());
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
