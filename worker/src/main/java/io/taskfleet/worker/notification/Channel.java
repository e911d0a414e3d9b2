package io.taskfleet.worker.notification;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A way on which a notification reaches its addressee. */
public enum Channel {
  WEBHOOK,
  IN_APP,
  EMAIL;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON and in Postgres. */
  @JsonValue
  public String label() {
    return label;
  }

  /** The channel with this label, which has been checked. */
  public static Channel of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
