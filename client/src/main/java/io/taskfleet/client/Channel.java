package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** A way to reach a user. */
public enum Channel {
  WEBHOOK,
  IN_APP,
  EMAIL,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN
}
