package io.taskfleet.task;

import io.taskfleet.handler.Payload;
import java.util.Optional;

/** A payload that may say by itself which tasks are to keep their order. */
public interface Addressed extends Payload {

  /**
   * Whom the task is for, when it is for somebody: the ordering key of a task whose caller gave
   * none.
   */
  Optional<String> recipient();
}
