package io.taskfleet.worker.failure;

import io.taskfleet.task.ReasonCode;
import java.time.Instant;

/** What follows from a failure. */
public sealed interface Verdict {

  /** Another attempt, at that time; this one is spent. */
  record Retry(Instant dueAt) implements Verdict {}

  /** The same attempt again, at that time. */
  record Defer(Instant dueAt) implements Verdict {}

  /** No more attempts: the dead-letter topic. */
  record Die(ReasonCode reason) implements Verdict {}

  /** Nothing is recorded; the record is left to whoever owns its partition next. */
  record GiveBack() implements Verdict {}
}
