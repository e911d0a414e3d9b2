package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.TaskError;
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
final class DeadLetter {
  private DeadLetter() {}

  static ProducerRecord<byte[], byte[]> of(Entry entry) {
    ConsumerRecord<byte[], byte @Nullable []> record = entry.record();
    Entry.Outcome outcome = entry.outcome();
    Headers headers = new RecordHeaders(record.headers());
    put(headers, TaskHeaders.DLT_ORIGINAL_TOPIC, record.topic());
    headers.add(TaskHeaders.DLT_ORIGINAL_PARTITION, number(record.partition()));
    headers.add(TaskHeaders.DLT_ORIGINAL_OFFSET, number(record.offset()));
    headers.add(TaskHeaders.DLT_ORIGINAL_TIMESTAMP, number(record.timestamp()));
    put(headers, TaskHeaders.DLT_TASK_ID, entry.task().id().toString());
    put(headers, TaskHeaders.DLT_ATTEMPTS, Integer.toString(outcome.attempt()));
    put(headers, TaskHeaders.DLT_LAST_FAILURE, outcome.endedAt().toString());
    Instant first = outcome.firstFailedAt();
    put(
        headers,
        TaskHeaders.DLT_FIRST_FAILURE,
        (first == null ? outcome.endedAt() : first).toString());
    TaskError error = outcome.error();
    if (error != null) {
      put(headers, TaskHeaders.DLT_REASON, error.code());
      put(headers, TaskHeaders.DLT_DETAIL, error.detail());
      put(headers, TaskHeaders.DLT_ERROR_CLASS, String.valueOf(error.errorClass()));
    }
    return new ProducerRecord<>(
        Topics.deadLetter(entry.task().type()), null, null, record.key(), record.value(), headers);
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
