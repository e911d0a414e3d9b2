package io.taskfleet.gateway.type;

import io.taskfleet.wire.RefusedJsonException;
import java.util.Optional;

/** A type of task that callers submit. */
public interface SubmittedType {

  /** Its name. */
  String name();

  /**
   * Holds a payload to the type's rules.
   *
   * @return whom the task is for, if the payload says so
   * @throws RefusedJsonException if it is malformed or breaks a rule
   */
  Optional<String> check(byte[] payload) throws RefusedJsonException;
}
