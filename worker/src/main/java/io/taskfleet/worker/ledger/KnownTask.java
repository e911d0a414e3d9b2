package io.taskfleet.worker.ledger;

import io.taskfleet.task.Task;
import io.taskfleet.worker.outcome.Entry;
import java.util.Arrays;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What Postgres says of a task.
 *
 * @param delivery the last delivery whose outcome is recorded
 * @param keyPosition its place among the tasks of its key, if they keep their order
 * @param outcome that outcome
 */
@SuppressWarnings("ArrayRecordComponent") // compared by hasPayloadOf
public record KnownTask(
    UUID id,
    int delivery,
    byte[] payloadHash,
    @Nullable Long keyPosition,
    Place source,
    Entry.Outcome outcome) {

  /** Where a record stands. */
  record Place(@Nullable String topic, int partition, long offset) {}

  /** Whether the recorded outcome is that of this very record. */
  public boolean isFrom(ConsumerRecord<?, ?> record) {
    return source.offset == record.offset()
        && source.partition == record.partition()
        && record.topic().equals(source.topic);
  }

  /** Whether the row's payload is this task's. */
  public boolean hasPayloadOf(Task task) {
    return Arrays.equals(payloadHash, task.payloadHash());
  }

  /** Whether a delivery of this number brings nothing new. */
  public boolean hasPassed(int number) {
    return number <= delivery || outcome.state().isTerminal();
  }
}
