package io.taskfleet.worker.outcome;

import io.taskfleet.task.RawJson;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.telemetry.LedgerMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded for one delivery of one task.
 *
 * @param record the record that brought the task, for its place and for the dead-letter topic
 * @param keyPosition the task's place among those of its key, if they keep their order
 * @param outcome the task's next state and all that belongs to it
 * @param receipt told once how it went
 */
public record Entry(
    ConsumerRecord<byte[], byte @Nullable []> record,
    Task task,
    @Nullable Long keyPosition,
    Outcome outcome,
    Receipt receipt)
    implements LedgerMeters.Recorded {

  /** Told how an entry fared, on a thread of the ledger's or of the producer's. */
  public interface Receipt {
    /** Everything about the entry is durable. */
    void finished();

    /** Nothing was written: the id belongs to a task with another payload. */
    void conflicted();
  }

  /**
   * How the delivery ended.
   *
   * @param attempt attempts spent so far
   * @param dueAt when the task goes back to a topic, if it waits
   * @param firstFailedAt when an attempt first failed, if one did
   * @param startedAt when the attempt started; null if none was made
   * @param endedAt when the attempt ended or the decision fell
   */
  public record Outcome(
      TaskState state,
      int attempt,
      @Nullable RawJson result,
      @Nullable TaskError error,
      @Nullable Instant dueAt,
      @Nullable Instant firstFailedAt,
      @Nullable Instant startedAt,
      Instant endedAt,
      List<Effect> effects) {

    /** Whether this is of an attempt, and that one is of none or of another. */
    public boolean isOfAnotherAttemptThan(Outcome other) {
      // Postgres rounds to microseconds.
      return startedAt != null
          && (other.startedAt == null
              || Duration.between(other.startedAt, startedAt).toMillis() != 0);
    }
  }

  @Override
  public TaskState state() {
    return outcome.state;
  }

  @Override
  public @Nullable TaskError error() {
    return outcome.error;
  }

  /** The same delivery with another outcome. */
  public Entry with(Outcome other) {
    return new Entry(record, task, keyPosition, other, receipt);
  }

  /** The payload as it is kept: not at all if it is not known to be JSON. */
  public @Nullable RawJson storedPayload() {
    boolean undecodable =
        outcome.error != null && Failure.UNDECODABLE.equals(outcome.error.errorClass());
    return undecodable || task.payload().length == 0 ? null : new RawJson(task.payload());
  }

  /** What readers are told of the task now. */
  public TaskStatus status() {
    return new TaskStatus(
        task.id(),
        task.tenant(),
        task.type(),
        outcome.state,
        task.priority(),
        task.key(),
        outcome.attempt,
        task.options().maxAttempts(),
        storedPayload(),
        outcome.result,
        outcome.error,
        task.options().tags(),
        task.batchId(),
        task.createdAt(),
        task.options().runAt(),
        outcome.dueAt,
        outcome.startedAt,
        finishedAt(),
        null);
  }

  /** About how much there is to write. */
  public int bytes() {
    RawJson result = outcome.result;
    return task.payload().length + (result == null ? 0 : result.utf8().length);
  }

  /** When the task ended; null if it has not. */
  public @Nullable Instant finishedAt() {
    return outcome.state.isTerminal() ? outcome.endedAt : null;
  }
}
