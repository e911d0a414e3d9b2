package io.taskfleet.handler;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a handler may know of the attempt it makes. */
public interface TaskContext {

  /** The stable identity under which effects outside must be idempotent. */
  UUID id();

  /** Whose task it is. */
  String tenant();

  /** This attempt's number, from 1. */
  int attempt();

  /** When the task was submitted. */
  Instant createdAt();

  /** When this attempt will be interrupted. */
  Instant deadline();

  /**
   * W3C trace context to pass on: this attempt's, or the submitter's if the attempt is not traced.
   */
  @Nullable String traceparent();

  /**
   * Tells the caller how far the attempt has come: in {@code GET /v1/tasks/{id}} and the task's
   * events while it runs. Cheap, and not kept: only what was said last is passed on, now and then.
   *
   * @param percent 0 to 100
   * @param message a short line for the caller to read
   */
  void progress(int percent, String message);
}
