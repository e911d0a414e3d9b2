package io.taskfleet.gateway.timeline;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.taskfleet.task.TaskState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something that has happened to a task; {@code event} in JSON says what. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Event.Accepted.class, name = "accepted"),
  @JsonSubTypes.Type(value = Event.Published.class, name = "published"),
  @JsonSubTypes.Type(value = Event.AttemptStarted.class, name = "attempt_started"),
  @JsonSubTypes.Type(value = Event.AttemptFailed.class, name = "attempt_failed"),
  @JsonSubTypes.Type(value = Event.AttemptSucceeded.class, name = "attempt_succeeded"),
  @JsonSubTypes.Type(value = Event.Deferred.class, name = "deferred"),
  @JsonSubTypes.Type(value = Event.DeadLettered.class, name = "dead_lettered"),
  @JsonSubTypes.Type(value = Event.Redriven.class, name = "redriven"),
  @JsonSubTypes.Type(value = Event.Cancelled.class, name = "cancelled"),
  @JsonSubTypes.Type(value = Event.Ended.class, name = "ended")
})
sealed interface Event {
  /** When. */
  Instant at();

  /**
   * What a worker said of an attempt that it made, or did not make.
   *
   * @param detail the provider's answer, where there was one
   */
  record Reason(@JsonProperty("class") String reasonClass, String detail) {}

  /**
   * Somebody submitted the task.
   *
   * @param runAt when it was wanted to run, if not at once
   */
  record Accepted(Instant at, @Nullable Instant runAt) implements Event {}

  /**
   * A worker recorded what became of this record. Of earlier deliveries the place is not kept.
   *
   * @param at of a delivery after the first, when its attempt started
   * @param delivery how often the task had been put on a topic by then
   */
  record Published(Instant at, String topic, int partition, long offset, int delivery)
      implements Event {}

  /** An attempt is under way. */
  record AttemptStarted(Instant at, int attempt) implements Event {}

  /** An attempt failed. */
  record AttemptFailed(
      Instant at, int attempt, int delivery, String worker, Instant startedAt, Reason error)
      implements Event {}

  /** An attempt did its work. */
  record AttemptSucceeded(
      Instant at, int attempt, int delivery, String worker, @Nullable Instant startedAt)
      implements Event {}

  /** The work was refused, or could not be tried; that spends no attempt. */
  record Deferred(
      Instant at, int delivery, String worker, @Nullable Instant startedAt, Reason reason)
      implements Event {}

  /** The task was given up, and its record put on this topic. */
  record DeadLettered(
      Instant at, String topic, int attempts, int delivery, String worker, Reason error)
      implements Event {}

  /** An operator had the task tried again from its first attempt. */
  record Redriven(Instant at, String by, String detail) implements Event {}

  /** Its caller did not want it any more. */
  record Cancelled(Instant at, String by) implements Event {}

  /**
   * The task has ended.
   *
   * @param code why, if it was given up or expired
   */
  record Ended(Instant at, TaskState state, @Nullable String code) implements Event {}
}
