package io.taskfleet.gateway.user;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a user is to be reached. */
enum UserStatus {
  ACTIVE,
  INACTIVE,
  SUSPENDED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON and in Postgres. */
  @JsonValue
  String label() {
    return label;
  }

  /**
   * The status with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  static UserStatus of(String label) {
    for (UserStatus status : values()) {
      if (status.label.equals(label)) {
        return status;
      }
    }
    throw new IllegalArgumentException("status is one of active, inactive, suspended");
  }
}
