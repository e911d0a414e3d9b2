package io.taskfleet.task;

import java.util.Optional;

/**
 * The part of a task that its handler reads. A record whose components carry Jakarta Validation
 * constraints; gateway and worker read it with the same strict mapper.
 */
public interface Payload {

  /**
   * Whom the task is for, when it is for somebody: the ordering key of a task whose caller gave
   * none.
   */
  Optional<String> recipient();
}
