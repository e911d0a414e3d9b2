package io.taskfleet.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What becomes of firings that were missed because no worker was there. */
public enum CatchUp {
  /** Nothing: it goes on with the next one. */
  SKIP,
  /** One, in place of all that were missed. */
  ONCE,
  /** Each of them. */
  ALL;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON and in Postgres. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * The policy with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static CatchUp of(String label) {
    for (CatchUp policy : values()) {
      if (policy.label.equals(label)) {
        return policy;
      }
    }
    throw new IllegalArgumentException("catch_up is one of skip, once, all");
  }
}
