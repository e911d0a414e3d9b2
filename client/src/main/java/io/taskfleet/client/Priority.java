package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Which tasks go first when there is more to do than can be done. */
public enum Priority {
  HIGH,
  NORMAL,
  BULK,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN
}
