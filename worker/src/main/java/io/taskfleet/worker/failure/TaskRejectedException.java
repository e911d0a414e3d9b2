package io.taskfleet.worker.failure;

import io.taskfleet.task.ReasonCode;

/** A handler's verdict that its task can never succeed, whoever tries it how often. */
public final class TaskRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ReasonCode reason;

  /**
   * A task that can never succeed.
   *
   * @param detail names the rule, and repeats no value of the task
   */
  public TaskRejectedException(ReasonCode reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /** The reason the dead letter carries. */
  public ReasonCode reason() {
    return reason;
  }
}
