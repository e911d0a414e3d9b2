package io.taskfleet.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.handler.TaskType;
import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskCodec;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records of tasks that do nothing. */
final class FlowRecords {
  static final TaskType<AnalyticsPayload> TYPE = new TaskType<>("flow", AnalyticsPayload.class);
  private static final byte[] PAYLOAD = "{\"name\":\"flow\"}".getBytes(UTF_8);

  private FlowRecords() {}

  /** The record of a task of normal priority. */
  static ConsumerRecord<byte[], byte @Nullable []> record(int partition, long offset, String key) {
    return record(partition, offset, key, Priority.NORMAL);
  }

  static ConsumerRecord<byte[], byte @Nullable []> record(
      int partition, long offset, String key, Priority priority) {
    ProducerRecord<byte[], byte[]> sent =
        TaskCodec.encode(
            Task.submitted(
                TaskIds.next(Clock.systemUTC()),
                Task.DEFAULT_TENANT,
                TYPE,
                new Task.Submission(priority, key, PAYLOAD, Task.Options.NONE),
                Instant.now(),
                null));
    return new ConsumerRecord<>(
        sent.topic(),
        partition,
        offset,
        System.currentTimeMillis(),
        TimestampType.CREATE_TIME,
        sent.key().length,
        sent.value().length,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  /** The same task in another record. */
  static ConsumerRecord<byte[], byte @Nullable []> again(
      ConsumerRecord<byte[], byte @Nullable []> record, long offset) {
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        offset,
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        record.serializedValueSize(),
        record.key(),
        record.value(),
        record.headers(),
        Optional.empty());
  }
}
