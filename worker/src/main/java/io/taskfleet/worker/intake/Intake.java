package io.taskfleet.worker.intake;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.worker.ledger.KnownTask;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.outcome.Lane;
import io.taskfleet.worker.topic.TopicIds;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Decides what is to be done with records that were just taken. */
public final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /** What is to be done with one record. */
  public sealed interface Decision {
    /** The task that it is about; null if there is nothing to do about it. */
    default @Nullable Task task() {
      return null;
    }

    /** Make an attempt at this task. */
    record Run(Task task, int attempt, @Nullable Instant firstFailedAt, @Nullable Long keyPosition)
        implements Decision {}

    /** No attempt is made; this is its outcome. */
    record Conclude(Task task, @Nullable Long keyPosition, Entry.Outcome outcome)
        implements Decision {}

    /** It brings nothing new. */
    record Duplicate() implements Decision {}
  }

  /**
   * A record that was just taken.
   *
   * @param mayBeAgain whether it may have been taken before this assignment
   */
  public record Taken(ConsumerRecord<byte[], byte @Nullable []> record, boolean mayBeAgain) {}

  private record Arrived(Taken taken, Decoded decoded) {}

  private static final Decision DUPLICATE = new Decision.Duplicate();

  /** Records that were taken together, and what Postgres is to be asked about them. */
  public static final class Question {
    private final List<Arrived> arrived;
    private final Set<UUID> ids = new HashSet<>();
    private final Set<Lane> lanes = new HashSet<>();

    private Question(List<Arrived> arrived) {
      this.arrived = arrived;
    }

    /** Whether there is nothing to ask. */
    public boolean isEmpty() {
      return ids.isEmpty();
    }
  }

  /** What Postgres says. */
  public record Knowledge(Map<UUID, KnownTask> tasks, Map<Lane, Long> firstWaiting) {}

  private final String type;
  private final Knowing knowing;
  private final TaskTable tasks;
  private final TopicIds topicIds;
  private final Clock clock;

  /** Which tasks of a type Postgres must be asked about. */
  public enum Knowing {
    /** Those that have been delivered before; the ledger's guard is enough for the others. */
    REPEATED,
    /** All. */
    ALL,
    /** All, and which of their keys wait for an earlier task. */
    ALL_IN_ORDER
  }

  /**
   * An intake of one type.
   *
   * @param clock says what has expired, and what is not due yet
   */
  public Intake(String type, Knowing knowing, TaskTable tasks, TopicIds topicIds, Clock clock) {
    this.type = type;
    this.knowing = knowing;
    this.tasks = tasks;
    this.topicIds = topicIds;
    this.clock = clock;
  }

  /**
   * Whether what Postgres says holds only as long as nothing is recorded meanwhile: where tasks
   * wait for the retries of others.
   */
  public boolean isInOrder() {
    return knowing == Knowing.ALL_IN_ORDER;
  }

  /**
   * What is to be asked about these records.
   *
   * @throws KafkaException if Kafka has not told the id of a topic
   */
  public Question about(List<Taken> taken) {
    List<Arrived> arrived = new ArrayList<>(taken.size());
    for (Taken each : taken) {
      arrived.add(new Arrived(each, decode(each.record)));
    }
    Question question = new Question(arrived);
    for (Arrived each : arrived) {
      if (each.decoded instanceof Decoded.Accepted(Task task)
          && (knowing != Knowing.REPEATED || task.delivery() > 1 || each.taken.mayBeAgain)) {
        question.ids.add(task.id());
        if (knowing == Knowing.ALL_IN_ORDER) {
          question.lanes.add(Lane.of(task));
        }
      }
    }
    return question;
  }

  /**
   * Asks it; on any thread.
   *
   * @throws SQLException if Postgres cannot be asked
   */
  public Knowledge ask(Question question) throws SQLException {
    return new Knowledge(
        question.ids.isEmpty() ? Map.of() : tasks.find(question.ids),
        question.lanes.isEmpty() ? Map.of() : tasks.firstWaiting(question.lanes));
  }

  /** Decides about each of the records, in order. */
  public List<Decision> decide(Question question, Knowledge knowledge) {
    Instant now = clock.instant();
    return question.arrived.stream().map(each -> decide(each, knowledge, now)).toList();
  }

  /** A defect must cost one record its turn, not the type all of its workers. */
  private Decoded decode(ConsumerRecord<byte[], byte @Nullable []> record) {
    String topicId = topicIds.idOf(record.topic());
    try {
      return TaskCodec.decode(record, type, topicId);
    } catch (RuntimeException e) {
      log.error("{} {} cannot be decoded", record.topic(), record.offset(), e);
      return new Decoded.Refused(
          TaskIds.fromRecord(topicId, record.partition(), record.offset()),
          ReasonCode.MALFORMED,
          "cannot be decoded");
    }
  }

  private Decision decide(Arrived arrived, Knowledge knowledge, Instant now) {
    return switch (arrived.decoded) {
      case Decoded.Refused(UUID id, ReasonCode reason, String detail) ->
          refuse(arrived.taken.record, id, reason, detail, now);
      case Decoded.Accepted(Task task) -> decide(arrived.taken.record, task, knowledge, now);
    };
  }

  private Decision decide(
      ConsumerRecord<byte[], byte @Nullable []> record,
      Task task,
      Knowledge knowledge,
      Instant now) {
    KnownTask known = knowledge.tasks.get(task.id());
    if (known != null && known.hasPassed(task.delivery())) {
      return passed(record, task, known, now);
    }
    if (known != null && !known.hasPayloadOf(task)) {
      return conflict(record, now);
    }
    if (task.delivery() > (known == null ? 1 : known.delivery() + 1)) {
      return refuse(
          record, idOf(record), ReasonCode.VALIDATION_FAILED, "not delivered so often", now);
    }
    int spent = known == null ? 0 : known.outcome().attempt();
    Instant firstFailedAt = known == null ? null : known.outcome().firstFailedAt();
    Long position = position(record, known);
    boolean behind = position != null && isBehind(task, position, knowledge);
    Ending ending = new Ending(spent, firstFailedAt, null, now);
    Entry.Outcome outcome = unattempted(task, ending, behind);
    return outcome == null
        ? new Decision.Run(task, spent + 1, firstFailedAt, position)
        : new Decision.Conclude(task, position, storable(task, outcome));
  }

  /** What becomes of a task without an attempt; null if one is to be made now. */
  public static Entry.@Nullable Outcome unattempted(Task task, Ending ending, boolean behind) {
    Instant expiresAt = task.options().expiresAt();
    if (expiresAt != null && expiresAt.isBefore(ending.endedAt())) {
      return ending.expired();
    }
    Instant runAt = task.options().runAt();
    if (runAt != null && runAt.isAfter(ending.endedAt())) {
      return ending.scheduled(runAt);
    }
    return behind ? ending.parked() : null;
  }

  /** What is kept without an attempt must be JSON all the same: a relay publishes it again. */
  public static Entry.Outcome storable(Task task, Entry.Outcome outcome) {
    try {
      StrictJson.read(task.payload(), JsonNode.class);
      return outcome;
    } catch (RefusedJsonException e) {
      return new Ending(outcome.attempt(), outcome.firstFailedAt(), null, outcome.endedAt())
          .undecodable(e.reason(), e.detail());
    }
  }

  /** Where its first record stood; later deliveries do not change that. */
  private @Nullable Long position(ConsumerRecord<?, ?> record, @Nullable KnownTask known) {
    if (knowing != Knowing.ALL_IN_ORDER) {
      return null;
    }
    return known == null || known.keyPosition() == null
        ? Long.valueOf(record.offset())
        : known.keyPosition();
  }

  private static boolean isBehind(Task task, long position, Knowledge knowledge) {
    Long first = knowledge.firstWaiting.get(Lane.of(task));
    return first != null && first < position;
  }

  private Decision passed(
      ConsumerRecord<byte[], byte @Nullable []> record, Task task, KnownTask known, Instant now) {
    if (known.isFrom(record)) {
      // The ledger changes nothing, and publishes again what follows.
      return new Decision.Conclude(task, null, known.outcome());
    }
    return known.hasPayloadOf(task) ? DUPLICATE : conflict(record, now);
  }

  /**
   * A record that takes another task's id: dead under a name of its own, the other is untouched.
   */
  public Decision conflict(ConsumerRecord<byte[], byte @Nullable []> record, Instant now) {
    return refuse(
        record,
        idOf(record),
        ReasonCode.IDEMPOTENCY_CONFLICT,
        "the id is known with another payload",
        now);
  }

  private UUID idOf(ConsumerRecord<?, ?> record) {
    return TaskIds.fromRecord(topicIds.idOf(record.topic()), record.partition(), record.offset());
  }

  private Decision refuse(
      ConsumerRecord<byte[], byte @Nullable []> record,
      UUID id,
      ReasonCode reason,
      String detail,
      Instant now) {
    return new Decision.Conclude(
        TaskCodec.nameless(record, type, id),
        null,
        new Ending(0, null, null, now).undecodable(reason, detail));
  }
}
