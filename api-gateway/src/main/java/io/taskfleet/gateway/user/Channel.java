package io.taskfleet.gateway.user;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A way on which a notification reaches a user. */
enum Channel {
  WEBHOOK,
  IN_APP,
  EMAIL;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name used in JSON and in Postgres. */
  @JsonValue
  String label() {
    return label;
  }

  /**
   * The channel with this label.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  static Channel of(String label) {
    for (Channel channel : values()) {
      if (channel.label.equals(label)) {
        return channel;
      }
    }
    throw new IllegalArgumentException("channel is one of webhook, in_app, email");
  }
}
