package io.taskfleet.worker.consume;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.ledger.Entry;
import io.taskfleet.worker.ledger.KnownTask;
import io.taskfleet.worker.ledger.TaskTable;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Decides what is to be done with records that were just taken. */
final class Intake {

  /** What is to be done with one record. */
  sealed interface Decision {
    /** Make an attempt at this task. */
    record Run(Task task, int attempt, @Nullable Instant firstFailedAt) implements Decision {}

    /** No attempt is made; this is its outcome. */
    record Conclude(Task task, Entry.Outcome outcome) implements Decision {}

    /** This very record's outcome is recorded, what follows may not have been published. */
    record Repeat(Task task, KnownTask known) implements Decision {}

    /** It brings nothing new. */
    record Duplicate() implements Decision {}
  }

  private record Arrived(ConsumerRecord<byte[], byte @Nullable []> record, Decoded decoded) {}

  private static final Decision DUPLICATE = new Decision.Duplicate();

  private final String type;
  private final boolean pure;
  private final TaskTable tasks;
  private final TopicIds topicIds;
  private final Clock clock;

  Intake(String type, boolean pure, TaskTable tasks, TopicIds topicIds, Clock clock) {
    this.type = type;
    this.pure = pure;
    this.tasks = tasks;
    this.topicIds = topicIds;
    this.clock = clock;
  }

  /**
   * Decides about each record, in order.
   *
   * @throws SQLException if Postgres cannot be asked; nothing is decided then
   */
  List<Decision> decide(List<InFlight> taken) throws SQLException {
    List<Arrived> arrived = new ArrayList<>(taken.size());
    List<UUID> toAsk = new ArrayList<>(taken.size());
    for (InFlight each : taken) {
      Decoded decoded = TaskCodec.decode(each.record, type, topicIds.idOf(each.record.topic()));
      arrived.add(new Arrived(each.record, decoded));
      // A pure task's first delivery needs no question: the ledger's guard is enough.
      if (decoded instanceof Decoded.Accepted(Task task) && (!pure || task.delivery() > 1)) {
        toAsk.add(task.id());
      }
    }
    Map<UUID, KnownTask> known = toAsk.isEmpty() ? Map.of() : tasks.find(toAsk);
    Instant now = clock.instant();
    return arrived.stream().map(each -> decide(each, known, now)).toList();
  }

  private Decision decide(Arrived arrived, Map<UUID, KnownTask> known, Instant now) {
    return switch (arrived.decoded) {
      case Decoded.Refused(UUID id, ReasonCode reason, String detail) ->
          refuse(arrived.record, id, reason, detail, now);
      case Decoded.Accepted(Task task) -> decide(arrived.record, task, known.get(task.id()), now);
    };
  }

  private Decision decide(
      ConsumerRecord<byte[], byte @Nullable []> record,
      Task task,
      @Nullable KnownTask known,
      Instant now) {
    if (known != null && known.hasPassed(task.delivery())) {
      return passed(record, task, known, now);
    }
    if (known != null && !known.hasPayloadOf(task)) {
      return conflict(record, now);
    }
    int spent = known == null ? 0 : known.outcome().attempt();
    Instant firstFailedAt = known == null ? null : known.outcome().firstFailedAt();
    Instant expiresAt = task.options().expiresAt();
    if (expiresAt != null && expiresAt.isBefore(now)) {
      return storable(task, expired(spent, firstFailedAt, now), now);
    }
    Instant runAt = task.options().runAt();
    if (runAt != null && runAt.isAfter(now)) {
      return storable(
          task, outcome(TaskState.SCHEDULED, spent, null, runAt, firstFailedAt, now), now);
    }
    return new Decision.Run(task, spent + 1, firstFailedAt);
  }

  private Decision passed(
      ConsumerRecord<byte[], byte @Nullable []> record, Task task, KnownTask known, Instant now) {
    if (known.isFrom(record)) {
      return new Decision.Repeat(task, known);
    }
    return known.hasPayloadOf(task) ? DUPLICATE : conflict(record, now);
  }

  /**
   * A record that takes another task's id: dead under a name of its own, the other is untouched.
   */
  Decision conflict(ConsumerRecord<byte[], byte @Nullable []> record, Instant now) {
    UUID id =
        TaskIds.fromRecord(topicIds.idOf(record.topic()), record.partition(), record.offset());
    return refuse(
        record, id, ReasonCode.IDEMPOTENCY_CONFLICT, "the id is known with another payload", now);
  }

  private Decision refuse(
      ConsumerRecord<byte[], byte @Nullable []> record,
      UUID id,
      ReasonCode reason,
      String detail,
      Instant now) {
    TaskError error = new TaskError(reason.name(), detail, Failure.UNDECODABLE);
    return new Decision.Conclude(
        TaskCodec.nameless(record, type, id), outcome(TaskState.DEAD, 0, error, null, now, now));
  }

  /** What is kept without an attempt must be JSON all the same: a relay publishes it again. */
  private static Decision storable(Task task, Entry.Outcome outcome, Instant now) {
    try {
      StrictJson.read(task.payload(), JsonNode.class);
      return new Decision.Conclude(task, outcome);
    } catch (RefusedJsonException e) {
      TaskError error = new TaskError(e.reason().name(), e.detail(), Failure.UNDECODABLE);
      return new Decision.Conclude(task, outcome(TaskState.DEAD, 0, error, null, now, now));
    }
  }

  /** The outcome of a task whose time has passed. */
  static Entry.Outcome expired(int spent, @Nullable Instant firstFailedAt, Instant now) {
    TaskError error =
        new TaskError(ReasonCode.EXPIRED.name(), "not started before its expiry", "expired");
    return outcome(TaskState.EXPIRED, spent, error, null, firstFailedAt, now);
  }

  private static Entry.Outcome outcome(
      TaskState state,
      int attempt,
      @Nullable TaskError error,
      @Nullable Instant dueAt,
      @Nullable Instant firstFailedAt,
      Instant now) {
    return new Entry.Outcome(
        state, attempt, null, error, dueAt, firstFailedAt, null, now, List.of());
  }
}
