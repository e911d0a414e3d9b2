package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Whether a user is to be reached. */
public enum UserStatus {
  ACTIVE,
  INACTIVE,
  SUSPENDED,
  /** Another one, which this version does not know. */
  @JsonEnumDefaultValue
  UNKNOWN
}
