package io.taskfleet.gateway.queue;

import io.taskfleet.task.Task;

/** What a search for a waiting task ended in. */
public sealed interface Sought {

  /** A record of the task waits, or a worker is at it. */
  record Found(Task task) implements Sought {}

  /** No such task waits. It may have ended meanwhile: then Postgres knows it. */
  record Absent() implements Sought {}

  /** Kafka did not answer, or there was too much to look through. */
  record Unknown() implements Sought {}
}
