package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.worker.fleet.Cap;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.quarantine.Suspect;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record that was taken and is not finished; a node of its lane, in arrival order. Written by the
 * poll loop's thread only; an attempt reads what was written before it started.
 */
final class InFlight {
  final ConsumerRecord<byte[], byte @Nullable []> record;
  final Window window;
  final Priority priority;

  /** Of key, value and headers. */
  final int bytes;

  /** Set when the record turned out to be a task. */
  @Nullable Task task;

  /** The number of the attempt to be made. */
  int attempt = 1;

  /** When an earlier attempt first failed. */
  @Nullable Instant firstFailedAt;

  /** Its place among the tasks of its key, if they keep their order through retries. */
  @Nullable Long keyPosition;

  /** Whom it waits for: tasks of one priority with the same text form a lane. */
  String laneKey = "";

  /** Set if it may have been started before, by a worker that did not live to tell. */
  @Nullable Suspect suspect;

  /** Another task of its key is before it in Postgres, so that it is parked when its turn comes. */
  boolean behind;

  /** It has a permit of this worker. */
  boolean permitted;

  /** Caps of the fleet of which it holds a permit. */
  List<Cap> caps = List.of();

  /** Its caller does not want it any more. */
  boolean cancelled;

  /** Given up with its window; whatever comes back for it is late. */
  boolean dropped;

  /** With an attempt or the ledger, and not back yet. */
  boolean out;

  /** Since when it is out, by {@code System.nanoTime}. */
  long outSince;

  /** Out of its window. */
  boolean finished;

  @Nullable InFlight nextInLane;

  /** The head of the lane that stays closed until this one is recorded. */
  @Nullable InFlight closes;

  /** Of the head of a closed lane: how many must be recorded before it opens. */
  int closedFor;

  InFlight(ConsumerRecord<byte[], byte @Nullable []> record, Window window, Priority priority) {
    this.record = record;
    this.window = window;
    this.priority = priority;
    this.bytes = size(record);
  }

  /** Remembers which task the record brought. */
  void brought(Task task) {
    this.task = task;
    // No key holds NUL: that of one tenant is never another's.
    this.laneKey =
        task.tenant().equals(Task.DEFAULT_TENANT) ? task.key() : task.tenant() + '\0' + task.key();
  }

  /** For the intake. */
  Intake.Taken asTaken() {
    return new Intake.Taken(record, window.mayBeSuspect(record.offset()));
  }

  /** For its outcome, if no attempt is made now. */
  Ending unattempted(Instant now) {
    return new Ending(attempt - 1, firstFailedAt, null, now);
  }

  /** It goes to an attempt or to the ledger. */
  void sendOut() {
    out = true;
    outSince = System.nanoTime();
    window.underway++;
  }

  private static int size(ConsumerRecord<?, ?> record) {
    int bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    for (Header header : record.headers()) {
      bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return bytes;
  }

  /** It is given up with its window. */
  void drop() {
    dropped = true;
    finished = true;
    if (suspect != null) {
      suspect.drop();
    }
  }

  /** Where it stands, and with what. */
  String describe() {
    return "%s-%d stands at offset %d, held by %s"
        .formatted(
            record.topic(),
            record.partition(),
            record.offset(),
            task == null ? "a record not yet admitted" : "task " + task.id());
  }

  Task requireTask() {
    if (task == null) {
      throw new IllegalStateException("not a task: " + record.topic() + " " + record.offset());
    }
    return task;
  }
}
